/* What the reader can decide of the incident, by its state and their rights. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { decide, get, Problem, type Decision } from '../../api';
import { clock, moment } from '../../format';
import { colon, named, t, type Key } from '../../i18n';
import { ProblemNote } from '../../problem';
import { may, minute, now, useLive } from '../../state';
import { Section, type Asked } from '../parts';
import type { Held, Incident, Model, Tuning } from '../types';

const ORDER = ['on-my-way', 'confirm', 'contain', 'recover', 'close', 'dismiss', 'reopen', 'note'] as const;
const DAYS = [7, 30, 90] as const;
const SIGNS_MAX = 64; /* of one split */

export function askOf(kind: string, subject: string, text: ComponentChildren): Asked {
	return {
		decision: { kind, subject }, title: t(`ask.${kind}` as Key), text, yes: named('do', kind),
		reason: kind === 'dismiss' || kind === 'note' ? 'must' : 'may', grave: kind === 'dismiss', undo: undoOf,
	};
}

/* What takes a decision back; null where only a further one can say more. */
export function undoOf(d: Decision): Decision | null {
	return ['dismiss', 'close', 'recover'].includes(d.kind) ? { kind: 'reopen', subject: d.subject, text: t('undo.text') } : null;
}

/* Asks which role is to see to it from now on. */
export async function handOver(subject: string, text: ComponentChildren): Promise<Asked> {
	const { roles } = await get<Model>('/model');
	return {
		decision: { kind: 'assign', subject }, title: t('ask.assign'), text, yes: named('do', 'assign'),
		arg: { key: 'to', label: t('inc.to_role'), options: roles },
	};
}

function mergeOf(i: Incident): Asked {
	const others = (now.value?.incidents ?? []).filter((l) => l.id !== i.incident);
	return {
		decision: { kind: 'merge', subject: i.incident }, title: t('ask.merge'), yes: named('do', 'merge'),
		text: <p class="quiet">{i.line.sentence}</p>,
		arg: { key: 'into', label: t('inc.merge_with'), options: others.map((l) => ({ id: l.id, name: `${clock(l.first)} ${l.sentence}` })) },
		undo: (d) => i.signs.length > SIGNS_MAX || !i.signs_complete ? null
			: { kind: 'split', subject: String(d.args?.into), args: { signs: i.signs.map((s) => s.id) }, text: t('undo.text') },
	};
}

function splitOf(i: Incident): Asked {
	return {
		decision: { kind: 'split', subject: i.incident }, title: t('ask.split'), text: <p>{t('inc.split_says')}</p>, yes: named('do', 'split'),
		arg: { key: 'signs', label: t('inc.split_signs'), many: true,
			options: i.signs.map((s) => ({ id: s.id, name: [clock(s.first), s.title, s.on].filter(Boolean).join(' · ') })) },
		undo: (d) => ({ kind: 'merge', subject: d.subject, args: { into: (d.args?.signs as string[])[0] }, text: t('undo.text') }),
	};
}

/* Which signs like these are to open no incident for a while, with what that would have hidden. */
function Tune({ items, chosen }: { items: readonly Tuning[]; chosen: Map<string, Tuning> }): JSX.Element | null {
	const [, redraw] = useState(0);
	const able = items.filter((x) => !x.critical && !x.of_confirmed);
	if (!items.length) return null;
	return (
		<fieldset class="tune">
			<legend>{t('tune.title')}</legend>
			<p class="quiet">{t('tune.says')}</p>
			{items.map((x) => {
				const key = `${x.rule} ${x.on.id}`;
				return (
					<label key={key} class="check">
						<input type="checkbox" disabled={!able.includes(x)} checked={chosen.has(key)} onChange={(e) => {
							if (e.currentTarget.checked) chosen.set(key, x);
							else chosen.delete(key);
							redraw((n) => n + 1);
						}} />
						<span>{x.title}{colon()}{x.on.name} <span class="quiet">
							{x.critical ? t('tune.critical') : x.of_confirmed ? t('tune.hides', { n: x.of_confirmed }) : t('tune.past', { n: x.signs })}
						</span></span>
					</label>
				);
			})}
		</fieldset>
	);
}

async function dismissOf(i: Incident): Promise<Asked> {
	const asked = askOf('dismiss', i.incident, <p class="quiet">{i.line.sentence}</p>);
	if (!i.may.includes('tune')) return asked;
	const { items } = await get<{ items: Tuning[] }>(`/incidents/${i.incident}/tuning`);
	const chosen = new Map<string, Tuning>();
	let days: number = DAYS[1];
	return {
		...asked,
		text: <>{asked.text}<Tune items={items} chosen={chosen} />{items.length > 0 && (
			<label class="field">
				<span>{t('tune.days')}</span>
				<select onChange={(e) => { days = Number(e.currentTarget.value); }}>
					{DAYS.map((d) => <option key={d} value={d} selected={d === days}>{t('tune.n_days', { n: d })}</option>)}
				</select>
			</label>
		)}</>,
		also: (text) => [...chosen.values()].map((x) => ({
			kind: 'tune', subject: i.incident, text,
			args: { rule: x.rule, thing: x.on.id, until: new Date(Date.now() + days * 86_400_000 - 60_000).toISOString() },
		})),
	};
}

/* What is held back of this incident's like. */
export function HeldBack({ incident, all }: { incident?: string; all?: boolean }): JSX.Element | null {
	const { data, problem, reload } = useLive<{ items: Held[] }>('/filters', (c) => c.kind === 'decision');
	const [failed, fail] = useState<Problem | null>(null);
	const mine = (data?.items ?? []).filter((h) => !incident || h.incident === incident);
	const lift = (h: Held) => decide({ kind: 'lift', subject: h.id }).then(() => { fail(null); reload(); }, (e) => {
		if (!(e instanceof Problem)) throw e;
		fail(e);
	});
	/* that nothing is held back is said once it is known */
	if (!data) return all ? problem ? <ProblemNote problem={problem} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p> : null;
	if (!mine.length) return all ? <p class="quiet">{t('held.nothing')}</p> : null;
	return (
		<details class="held" open={!!incident || !!all}>
			<summary>{t('held.n', { n: mine.length })}</summary>
			<ProblemNote problem={failed} acting />
			<ul class="list">
				{mine.map((h) => (
					<li key={h.id}>
						<span>{h.title}{colon()}{h.on.name} <span class="quiet">
							{t('held.until', { t: moment(h.until, minute.value), n: h.held_back })} · {h.role}{colon()}{h.why}</span></span>
						{may('tune') && <button type="button" class="button" aria-label={`${named('do', 'lift')}${colon()}${h.title}${colon()}${h.on.name}`}
							onClick={() => void lift(h)}>{named('do', 'lift')}</button>}
					</li>
				))}
			</ul>
		</details>
	);
}

export function Decide({ incident, ask }: { incident: Incident; ask: (a: Asked) => void }): JSX.Element | null {
	const can = (k: string) => incident.may.includes(k);
	const kinds = ORDER.filter(can);
	const take = can('acknowledge') && (!incident.line.taken?.present || !!incident.line.asked);
	const line = <p class="quiet">{incident.line.sentence}</p>;
	const others = (now.value?.incidents.length ?? 0) > 1;
	if (!kinds.length && !take) return null;
	const button = (k: string, f: () => Asked | Promise<Asked>) => (
		<button type="button" class="button" key={k} onClick={() => void Promise.resolve(f()).then(ask)}>{named('do', k)}</button>
	);
	return (
		<Section title={t('inc.decide')} class="decide">
			<div class="buttons">
				{take && (
					<button type="button" class="button primary" onClick={() => ask(askOf('acknowledge', incident.incident, line))}>{named('do', 'acknowledge')}</button>
				)}
				{kinds.map((k) => button(k, () => k === 'dismiss' ? dismissOf(incident) : askOf(k, incident.incident, line)))}
				{can('assign') && button('assign', () => handOver(incident.incident, line))}
				{can('merge') && others && button('merge', () => mergeOf(incident))}
				{can('split') && incident.signs.length > 1 && button('split', () => splitOf(incident))}
			</div>
			<HeldBack incident={incident.incident} />
		</Section>
	);
}
