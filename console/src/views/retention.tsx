/* What was erased, with the row of the ledger that proves it, and what is held: part of the privacy page, and of an incident's. */
import type { JSX } from 'preact';
import { date, moment } from '../format';
import { colon, named, t } from '../i18n';
import { LevelMark } from '../icons';
import { may, minute, session, useLive } from '../state';
import { Section, useAsk, type Asked } from './parts';

interface Hold { id: string; state: string; scope: string; of: string; at: string; until: string; from?: string; to?: string; released?: string; role: string; owner: string; why: string; row: number }
interface Gone { time: string; what: string; of: string; rule: string; n: number; from: string; to: string; row: number }
interface Kept { holds: Hold[]; deletions: Gone[]; forgotten: number }

/* The end of the day that was chosen. */
const until = (v: Record<string, string>): Record<string, string> => ({ until: `${v['until']}T23:59:59Z` });
const hold = (subject: string, title: string, args: Record<string, string>): Asked => ({
	decision: { kind: 'hold', subject }, title, yes: t('ret.hold'), reason: 'must', text: <p class="quiet">{t('ret.what')}</p>,
	questions: [{ name: 'until', type: 'date', text: t('ret.until') }], args: (v) => ({ ...args, ...until(v) }),
});
const all = (): Asked => hold('all', t('ret.ask_all'), { scope: 'all' });
export const holdSource = (id: string, name: string): Asked => hold(id, t('ret.ask_hold', { name }), { scope: 'source' });
/* What names it; and of what else was recorded, the days that are chosen. */
const holdIncident = ({ id, name, since }: Of): Asked => {
	const asked = hold(id, t('ret.ask_incident'), { scope: 'incident' });
	const day = (v: string | undefined, of: string, at: string) => v && { [of]: `${v}T${at}Z` };
	return {
		...asked, text: <><p>{name}</p><p class="quiet">{t('ret.what')}</p><p class="quiet">{t('ret.days')}</p></>,
		questions: [...asked.questions!, { name: 'from', type: 'date', text: t('ret.from'), may: true, ...(since ? { value: since.slice(0, 10) } : {}) }, { name: 'to', type: 'date', text: t('ret.to'), may: true }],
		args: (v) => ({ ...asked.args!(v), ...day(v['from'], 'from', '00:00:00'), ...day(v['to'], 'to', '23:59:59') }),
	};
};
const nameOf = (h: Hold): string => h.scope === 'incident' ? t('ret.incident', { id: h.of.slice(0, 8) }) : h.of || t('ret.all');
const release = (h: Hold): Asked => ({
	decision: { kind: 'release-hold', subject: h.id }, title: t('ret.ask_release', { name: nameOf(h) }), yes: t('ret.release'), reason: 'must', grave: true,
	text: <p class="quiet">{t('ret.then')}</p>,
});
const live = (h: Hold): boolean => h.state === 'runs' || h.state === 'ends-soon';

/* A role by its name, where it is one of the reader's. */
const owner = (h: Hold): string => session.value?.roles.find((r) => r.id === h.owner)?.name ?? (/^[a-z-]+$/.test(h.owner) ? h.owner.replaceAll('-', ' ') : h.owner);

function Holds({ of, none, here, ask }: { of: readonly Hold[]; none: string; here?: boolean; ask: (a: Asked) => void }): JSX.Element {
	if (!of.length) return <p class="quiet">{none}</p>;
	return (
		<ul class="list">{of.map((h) => (
			<li key={h.id} class="run">
				{(!here || h.scope === 'all') && <h3>{h.scope === 'incident' && may('answer.law') ? <a href={`/law/${h.of}`}>{nameOf(h)}</a> : nameOf(h)} <span class="quiet">{named('ret', h.state)}</span></h3>}
				<p>{h.state === 'ends-soon' && <><LevelMark level="medium" /> {here && named('ret', h.state)}</>} {t('ret.held', { until: date(h.until), owner: owner(h) })} {h.why}</p>
				{live(h) && may('decide.processing') && <p class="buttons no-print"><button type="button" class="button" onClick={() => ask(release(h))}>{t('ret.release')}</button></p>}</li>
		))}</ul>
	);
}

interface Of { id: string; name: string; since?: string | undefined }

/* Of one incident: whether what it rests on is kept beyond its time, and, for who may, that it is. */
export function HeldIncident(of: Of): JSX.Element | null {
	const { data: d, reload } = useLive<Kept>(may('see.audit') ? '/retention' : null, (c) => c.kind === 'decision');
	const [dialog, ask] = useAsk(reload);
	const can = may('decide.processing');
	const held = d?.holds.filter((h) => live(h) && (h.scope === 'all' || (h.scope === 'incident' && h.of === of.id))) ?? [];
	if (!d || (!can && !held.length)) return null;
	return (
		<Section title={t('ret.of_incident')} class="holds">
			<Holds of={held} none={t('ret.not_held')} here ask={ask} />
			{can && !held.some((h) => h.scope === 'incident' && h.state === 'runs') && <p class="buttons no-print"><button type="button" class="button" onClick={() => ask(holdIncident(of))}>{t('ret.hold')}</button></p>}
			{dialog}
		</Section>
	);
}

export function Retention(): JSX.Element | null {
	const { data: d, reload } = useLive<Kept>('/retention');
	const [dialog, ask] = useAsk(reload);
	if (!d) return null;
	const now = minute.value;
	return (
		<Section title={t('ret.title')}>
			<Holds of={d.holds} none={t('ret.none_held')} ask={ask} />
			{may('decide.processing') && <p class="buttons"><button type="button" class="button" onClick={() => ask(all())}>{t('ret.hold_all')}</button></p>}
			<h3>{t('ret.erased')}</h3>
			{d.deletions.length === 0 ? <p class="quiet">{t('ret.none')}</p> : (
				<table class="board">
					<thead><tr><th scope="col">{t('ret.when')}</th><th scope="col">{t('ret.of')}</th><th scope="col">{t('ret.n')}</th><th scope="col">{t('ret.span')}</th><th scope="col">{t('ret.rule')}</th><th scope="col">{t('ret.row')}</th></tr></thead>
					<tbody>{d.deletions.slice(0, 50).map((g) => (
						<tr key={g.row}>
							<th scope="row">{moment(g.time, now)}</th>
							<td data-label={t('ret.of')}>{named('ret', g.what)}{colon()}{g.of}</td>
							<td data-label={t('ret.n')}>{g.n}</td>
							<td data-label={t('ret.span')}>{moment(g.from, now)} – {moment(g.to, now)}</td>
							<td data-label={t('ret.rule')}>{g.rule}</td>
							<td data-label={t('ret.row')}>{g.row}</td>
						</tr>
					))}</tbody>
				</table>
			)}
			{dialog}
		</Section>
	);
}
