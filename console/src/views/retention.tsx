/* What was erased, with the row of the ledger that proves it, and what is held: part of the privacy page. */
import type { JSX } from 'preact';
import { moment } from '../format';
import { named, t } from '../i18n';
import { LevelMark } from '../icons';
import { may, minute, useLive } from '../state';
import { Section, useAsk, type Asked } from './parts';

interface Hold { id: string; state: string; scope: string; of: string; at: string; until: string; from?: string; to?: string; released?: string; role: string; owner: string; why: string; row: number }
interface Gone { time: string; what: string; of: string; rule: string; n: number; from: string; to: string; row: number }
interface Kept { holds: Hold[]; deletions: Gone[]; forgotten: number }

/* The end of the day that was chosen. */
const until = (v: Record<string, string>): Record<string, string> => ({ until: `${v['until']}T23:59:59Z` });
const question = { name: 'until', type: 'date', text: t('ret.until') } as const;
const all = (): Asked => ({
	decision: { kind: 'hold', subject: 'all' }, title: t('ret.ask_all'), yes: t('ret.hold'), reason: 'must', text: <p class="quiet">{t('ret.what')}</p>,
	questions: [question], args: (v) => ({ scope: 'all', ...until(v) }),
});
export const holdSource = (id: string, name: string): Asked => ({
	decision: { kind: 'hold', subject: id }, title: t('ret.ask_hold', { name }), yes: t('ret.hold'), reason: 'must', text: <p class="quiet">{t('ret.what')}</p>,
	questions: [question], args: (v) => ({ scope: 'source', ...until(v) }),
});
const release = (h: Hold): Asked => ({
	decision: { kind: 'release-hold', subject: h.id }, title: t('ret.ask_release', { name: h.of || t('ret.all') }), yes: t('ret.release'), reason: 'must', grave: true,
	text: <p class="quiet">{t('ret.then')}</p>,
});
const live = (h: Hold): boolean => h.state === 'runs' || h.state === 'ends-soon';

export function Retention(): JSX.Element | null {
	const { data: d, reload } = useLive<Kept>('/retention');
	const [dialog, ask] = useAsk(reload);
	if (!d) return null;
	const now = minute.value;
	return (
		<Section title={t('ret.title')}>
			{d.holds.length === 0 && <p class="quiet">{t('ret.none_held')}</p>}
			<ul class="list">{d.holds.map((h) => (
				<li key={h.id} class="run"><h3>{h.of || t('ret.all')} <span class="quiet">{named('ret', h.state)}</span></h3>
					<p>{h.state === 'ends-soon' && <LevelMark level="medium" />} {t('ret.held', { until: moment(h.until, now), owner: h.owner })} {h.why}</p>
					{live(h) && may('decide.processing') && <p class="buttons"><button type="button" class="button" onClick={() => ask(release(h))}>{t('ret.release')}</button></p>}</li>
			))}</ul>
			{may('decide.processing') && <p class="buttons"><button type="button" class="button" onClick={() => ask(all())}>{t('ret.hold_all')}</button></p>}
			<h3>{t('ret.erased')}</h3>
			{d.deletions.length === 0 ? <p class="quiet">{t('ret.none')}</p> : (
				<table class="board">
					<thead><tr><th scope="col">{t('ret.when')}</th><th scope="col">{t('ret.of')}</th><th scope="col">{t('ret.n')}</th><th scope="col">{t('ret.span')}</th><th scope="col">{t('ret.rule')}</th><th scope="col">{t('ret.row')}</th></tr></thead>
					<tbody>{d.deletions.slice(0, 50).map((g) => (
						<tr key={g.row}>
							<th scope="row">{moment(g.time, now)}</th>
							<td data-label={t('ret.of')}>{named('ret', g.what)}: {g.of}</td>
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
