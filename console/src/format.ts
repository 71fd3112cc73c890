/* Times and amounts as people read them: in the hospital's time zone, 24 hours. */
import { computed } from '@preact/signals';
import { language, t } from './i18n';
import { session } from './state';

const zone = computed(() => session.value?.hospital.timezone);

const formats = computed(() => {
	const make = (o: Intl.DateTimeFormatOptions) => {
		try {
			return new Intl.DateTimeFormat(language.value, { ...o, hourCycle: 'h23', ...(zone.value ? { timeZone: zone.value } : {}) });
		} catch { /* a zone that this browser does not know: its own */
			return new Intl.DateTimeFormat(language.value, { ...o, hourCycle: 'h23' });
		}
	};
	return {
		clock: make({ hour: '2-digit', minute: '2-digit' }),
		seconds: make({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
		day: make({ weekday: 'short', day: 'numeric', month: 'short' }),
	};
});

const ms = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

export const clock = (at: string | number): string => formats.value.clock.format(ms(at));
export const clockSeconds = (at: string | number): string => formats.value.seconds.format(ms(at));
export const day = (at: string | number): string => formats.value.day.format(ms(at));

/* Days that were written as such, perhaps years apart: those of the record, which is in UTC. */
export const date = (at: string): string => new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(at));

const NEAR_MS = 20 * 3_600_000; /* no other day's time of day can be meant */

/* 14:05 where it is near, else Wed 25 Nov 14:05. */
export function moment(at: string | number, from: number): string {
	return Math.abs(ms(at) - from) < NEAR_MS ? clock(at) : `${day(at)} ${clock(at)}`;
}

/* 5 min, 1 h 05 min, 3 d, 3 d 4 h; less than a minute is 0 min. */
export function span(length_ms: number): string {
	const min = Math.floor(Math.abs(length_ms) / 60_000);
	if (min < 60) return t('time.min', { n: min });
	const h = Math.floor(min / 60);
	if (h < 24) return t('time.h_min', { h, m: String(min % 60).padStart(2, '0') });
	const d = Math.floor(h / 24);
	return h % 24 ? t('time.d_h', { d, h: h % 24 }) : t('time.d', { n: d });
}

/* Of what is expected and not certain: past its moment it has not happened "ago", it may at any. */
export const expected = (at: string, from: number, likely: string): string => until(likely === 'certain' ? at : Math.max(ms(at), from), from);

/* in 12 min; any moment; 4 min ago. */
export function until(at: string | number, from: number): string {
	const left = ms(at) - from;
	if (Math.abs(left) < 60_000) return t('time.any_moment');
	return left > 0 ? t('time.in', { t: span(left) }) : t('time.overdue', { t: span(left) });
}
