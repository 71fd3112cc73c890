/* What is usual of a device, as it was learned; and which care is lost if it fails. */
import type { JSX } from 'preact';
import { moment } from '../format';
import { language, t } from '../i18n';
import { may, minute, useLive } from '../state';
import { Thing, type At } from './incident/events';
import { Section } from './parts';
import type { WhatIf } from './prevention/types';
import './know.css';

interface Value { value: string[]; count: number; state: string; min?: number; max?: number; median?: number }
interface Does { id: string; kind: string; says: string; week?: number[]; values: Value[]; more: number }
interface Usual {
	profile: string; title: string; of: string[]; events: number; first: string; last: string;
	learned: boolean; until?: string; like_it: number; does: Does[];
}
interface NormalPage { learns: boolean; usual: Usual[]; more: number }

const HOURS = 24;
const WEEK = 7 * HOURS;

/* The server counts from Monday 00:00 UTC; people look at their own clock. */
function ofHere(week: readonly number[]): number[] {
	const ahead = Math.round(-new Date().getTimezoneOffset() / 60);
	return week.map((_, h) => week[(h - ahead + WEEK) % WEEK]!);
}

const dayName = (d: number): string => new Intl.DateTimeFormat(language.value, { weekday: 'short' }).format(new Date(2024, 0, 1 + d));

function Heat({ of }: { of: readonly number[] }): JSX.Element | null {
	const week = ofHere(of);
	const most = Math.max(...week);
	const at = week.indexOf(most);
	return most > 0 ? (
		<svg class="heat" viewBox="0 0 276 83" role="img" aria-label={t('kn.week', { at: `${dayName(Math.floor(at / HOURS))} ${at % HOURS}:00` })}>
			{[0, 6, 12, 18].map((h) => <text key={h} x={36 + h * 10} y="8">{h}</text>)}
			{week.map((n, h) => (
				<rect key={h} x={36 + (h % HOURS) * 10} y={12 + Math.floor(h / HOURS) * 10} width="9" height="9" fill-opacity={n ? 0.25 + (0.75 * n) / most : 0.06} />
			))}
			{[0, 1, 2, 3, 4, 5, 6].map((d) => <text key={d} x="0" y={20 + d * 10}>{dayName(d)}</text>)}
		</svg>
	) : null;
}

const number = (n: number): string => new Intl.NumberFormat(language.value, { maximumFractionDigits: 2 }).format(n);

function Row({ d, names }: { d: Does; names: ReadonlyMap<string, At> }): JSX.Element {
	return (
		<div class={d.week && 'wide'}>
			<dt>{d.says}</dt>
			<dd>
				{d.week && <Heat of={d.week} />}
				<ul class="values">
					{d.values.map((v) => (
						<li key={v.value.join()}>
							{v.value.map((x, i) => <span key={i}>{i > 0 && ' · '}<Thing at={names.get(x) ?? null} else={x} /></span>)} {v.max !== undefined && t('kn.range', { a: number(v.min!), b: number(v.max), m: number(v.median!) })}
							<span class="quiet"> {t('inc.times', { n: v.count })}</span>{v.state === 'odd' && <b class="warned"> {t('kn.odd')}</b>}
						</li>
					))}
					{d.more > 0 && <li class="quiet">{t('kn.more', { n: d.more })}</li>}
				</ul>
			</dd>
		</div>
	);
}

export function Normal({ id, names }: { id: string; names: ReadonlyMap<string, At> }): JSX.Element | null {
	const { data } = useLive<NormalPage>(`/assets/${encodeURIComponent(id)}/normal`, () => false);
	if (!data) return null;
	const at = (x: string): string => moment(x, minute.value);
	return (
		<Section title={t('kn.normal')}>
			{!data.usual.length && <p class="quiet">{t(data.learns ? 'kn.none' : 'kn.off')}</p>}
			{data.usual.map((u) => (
				<details key={u.profile + u.of.join()} open={data.usual.length < 3}>
					<summary>{u.title}{u.of.length > 0 && ` · ${u.of.join(' · ')}`}<span class="quiet"> {u.learned ? t('kn.learned', { at: at(u.first) }) : t('kn.learning', { at: at(u.until ?? u.last) })}
						{u.like_it > 0 && `, ${t('kn.like', { n: u.like_it })}`}</span></summary>
					<dl class="facts">{u.does.map((d) => <Row key={d.id} d={d} names={names} />)}</dl>
				</details>
			))}
			{data.more > 0 && <p class="quiet">{t('kn.more', { n: data.more })}</p>}
		</Section>
	);
}

export function IfItFails({ id }: { id: string }): JSX.Element | null {
	const { data } = useLive<WhatIf>(may('see.paths') ? `/what-if?${new URLSearchParams({ fails: id })}` : null, () => false);
	return data ? (
		<Section title={t('kn.fails')}>
			{data.losses.length ? (
				<ul class="list">{data.losses.slice(0, 5).map((l) => <li key={l.id} class="loss"><a href={`/care#${encodeURIComponent(l.id)}`}>{l.name}</a> <span class="quiet">{l.text}</span></li>)}</ul>
			) : <p class="quiet">{t('kn.no_loss')}</p>}
		</Section>
	) : null;
}
