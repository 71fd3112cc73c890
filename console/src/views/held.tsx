/* What opens no incident for now: works at which alarms are expected, and signs that are held back. */
import type { JSX } from 'preact';
import { get, Problem } from '../api';
import { moment } from '../format';
import { colon, named, t } from '../i18n';
import { may, minute, useLive } from '../state';
import type { Named } from '../types';
import { HeldBack } from './incident/decide';
import { Failed, Section, useAsk } from './parts';
import type { Model } from './types';
import './views.css';

export interface Permit {
	id: string; state: 'now' | 'to_come' | 'over'; who: string; why: string; from: string; until: string; ended: string | null;
	by: string; ended_by: string; badge: boolean; on: Named[]; floors: string[]; effects: Named[];
}
interface Permits { at: string; items: Permit[]; threats: Named[] }

const STATES = ['now', 'to_come', 'over'] as const;
const HOURS = [1, 2, 4, 8, 12, 24];
const PLACES = ['building', 'floor', 'zone', 'room'];
const NO_WORKS = /^(malware|mail|creds|exploit|usb|data|medical|crowd|theft)\./;

const later = (hours: string): string => new Date(Date.now() + Number(hours) * 3_600_000).toISOString();

function Row({ p, end }: { p: Permit; end?: () => void }): JSX.Element {
	return (
		<li>
			<p>
				<b>{p.who}</b> {p.why} · {p.on.map((o) => o.name).join(', ')}{' '}
				<span class="quiet"><time dateTime={p.from}>{moment(p.from, minute.value)}</time> – <time dateTime={p.until}>{moment(p.until, minute.value)}</time>
					{p.ended && ` · ${t('held.ended', { at: moment(p.ended, minute.value), by: p.ended_by })}`}</span>
			</p>
			<p class="quiet">{p.effects.map((e) => e.name).join(', ')}{p.badge && ` · ${t('held.badge')}`}{p.by && ` · ${p.by}`}</p>
			{end && <button type="button" class="button small no-print" aria-label={`${t('held.end')}${colon()}${p.who}`} onClick={end}>{t('held.end')}</button>}
		</li>
	);
}

export function HeldView(): JSX.Element {
	const { data, problem, reload } = useLive<Permits>('/permits', (c) => c.kind === 'permit');
	const [dialog, ask] = useAsk(reload);
	if (!data) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const hours = HOURS.map((n) => [String(n), t('held.hours', { n })] as const);
	const make = () => get<Model>('/model').then((m) => {
		const names = new Map(m.places.map((p) => [p.id, p.name]));
		ask({
			decision: { kind: 'permit', subject: '' }, title: t('held.new'), yes: t('held.new'), label: t('held.why'), text: <p>{t('held.says')}</p>,
			questions: [
				{ name: 'about', type: 'choice', text: t('held.where'), choices: m.places.filter((p) => PLACES.includes(p.kind))
					.map((p) => [p.id, [p.name, p.parent && names.get(p.parent)].filter(Boolean).join(', ')] as const) },
				{ name: 'who', type: 'text', text: t('held.who') },
				{ name: 'from', type: 'choice', text: t('held.begins'), value: '0', choices: [['0', t('held.at_once')], ...hours] },
				{ name: 'lasts', type: 'choice', text: t('held.lasts'), value: '2', choices: hours },
				{ name: 'effects', type: 'choice', several: true, text: t('held.effects'),
					choices: data.threats.filter((x) => !NO_WORKS.test(x.id)).map((x) => [x.id, x.name] as const) },
			],
			args: (v) => ({ who: v.who, ...(v.from === '0' ? {} : { from: later(v.from!) }), until: later(String(Number(v.from) + Number(v.lasts))), effects: (v.effects ?? '').split(' ') }),
		});
	}, (e) => { if (!(e instanceof Problem)) throw e; });
	return (
		<div class="view held-view">
			<header class="view-head"><h1>{t('view.held')}</h1></header>
			<Section title={t('watch.works')} aside={may('permit') && may('see.plans') && <button type="button" class="button no-print" onClick={() => void make()}>{t('held.new')}</button>}>
				{STATES.map((s) => {
					const all = data.items.filter((p) => p.state === s);
					return all.length > 0 && <div key={s}>
						<h3>{named('works', s)}</h3>
						<ul class="list">{all.map((p) => <Row key={p.id} p={p} {...(s !== 'over' && may('keep.watch') ? { end: () => ask({
							decision: { kind: 'permit-end', subject: p.id }, title: `${t('held.end')}${colon()}${p.who}?`, text: <p>{t('held.end_says')}</p>, yes: t('held.end'),
						}) } : {})} />)}</ul>
					</div>;
				})}
				{!data.items.length && <p class="quiet">{t('held.none')}</p>}
			</Section>
			<Section title={t('watch.muted')}><HeldBack all /></Section>
			{dialog}
		</div>
	);
}
