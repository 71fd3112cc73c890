/* What of persons is read here, why and by which agreement; what does not run, and what is never done: for who answers
 * for personal data, and for the staff's representatives. */
import type { JSX } from 'preact';
import { date, span } from '../format';
import { named, t } from '../i18n';
import { Icon, LevelMark } from '../icons';
import { may, useLive } from '../state';
import { Beside, Failed, Section, useAsk, type Asked } from './parts';
import { runs } from './register';
import './state.css';
import './views.css';

interface Thing {
	id: string; name: string; kind: string; state: string; why: string; mend: string; purpose: string;
	basis: string[]; data: string[]; people: string[]; measures: string[]; told: string[]; transfers: string[]; processors: string[]; roles: string[];
	assessment: string; agreement: string; kept_s: number | null;
}

interface Agreement { id: string; with: string; ref: string; from: string; until: string | null; contract: boolean }
interface Processor {
	id: string; name: string; does: string; contract: string; in_force: boolean; place: string; country: string; instructions: string;
	others: string[]; tells_s: number | null;
}
interface Register { controller: string; contact: string; officer: string; things: Thing[]; agreements: Agreement[]; processors: Processor[]; never: string[] }

const WELL = ['runs', 'ending'];
const say = (what: string, of: string, name: string): Asked => ({
	decision: { kind: 'processing', subject: of, args: { say: what } }, title: t(what === 'stop' ? 'prc.ask_stop' : 'prc.ask_resume', { name }),
	yes: named('prc', what), reason: 'must', grave: what === 'stop', text: <p class="quiet">{t('prc.anew')}</p>,
});
const renew = (g: Agreement): Asked => ({
	decision: { kind: 'processing', subject: g.id, args: { say: 'renew' } }, title: t('prc.ask_renew', { name: g.ref }), yes: t('prc.renew'), reason: 'must',
	text: <p class="quiet">{t('prc.anew')}</p>,
	questions: [{ name: 'ref', type: 'string', text: t('prc.ref') }, { name: 'until', type: 'date', text: t('prc.until') }], args: (v) => v,
});
/* "dpv:MentallyVulnerable" → "Mentally Vulnerable": the vocabulary's own words. */
const word = (w: string): string => named('term', w.replace(/^.*:/, ''));

function Row({ says, of }: { says: string; of: string | readonly string[] }): JSX.Element | null {
	const text = typeof of === 'string' ? of : of.join(', ');
	return text ? <div><dt>{says}</dt><dd>{text}</dd></div> : null;
}

function Card({ x, d, ask }: { x: Thing; d: Register; ask: (a: Asked) => void }): JSX.Element {
	const agreement = d.agreements.find((g) => g.id === x.agreement);
	return (
		<li class={`src ${runs(x.state) ? '' : 'src-lost'}`}>
			<h3>{x.name}</h3>
			<p><span class={`care-tag ${WELL.includes(x.state) ? '' : 'level-high'}`}>{WELL.includes(x.state) ? <Icon name="check" /> : <LevelMark level="high" />}{named('prc', x.state)}</span></p>
			{x.why && <p>{x.why}</p>}
			{x.mend && <p class="quiet">{x.mend}</p>}
			<dl class="facts">
				<Row says={t('pv.purpose')} of={x.purpose} />
				<Row says={t('pv.basis')} of={x.basis.map((b) => b.replace(/^A(\d+)-(\d+)-(\w)$/, 'GDPR $1($2)($3)'))} />
				<Row says={t('prc.people')} of={x.people.map(word)} />
				<Row says={t('prc.data')} of={x.data.map(word)} />
				<Row says={t('pv.kept')} of={x.kept_s === null ? '' : span(x.kept_s * 1000)} />
				<Row says={t('prc.agreement')} of={agreement ? `${agreement.ref} (${agreement.with})` : ''} />
				<Row says={t('prc.assessment')} of={x.assessment} />
				<Row says={t('prc.roles')} of={x.roles} />
				<Row says={t('prc.told')} of={[...x.told, ...x.transfers]} />
				<Row says={t('prc.processors')} of={x.processors.map((p) => d.processors.find((o) => o.id === p)?.name ?? p)} />
				<Row says={t('prc.measures')} of={x.measures} />
			</dl>
			{may('decide.processing') && <p class="buttons">{x.state === 'stopped'
				? <button type="button" class="button" onClick={() => ask(say('resume', x.id, x.name))}>{t('prc.resume')}</button>
				: runs(x.state) && <button type="button" class="button danger" onClick={() => ask(say('stop', x.id, x.name))}>{t('prc.stop')}</button>}</p>}
		</li>
	);
}

export function ProcessingView(): JSX.Element {
	const { data: d, problem, reload } = useLive<Register>('/processing');
	const [dialog, ask] = useAsk(reload);
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const of = (on: boolean) => d.things.filter((x) => runs(x.state) === on);
	const cards = (things: Thing[]) => things.length === 0 ? <p class="quiet">{t('watch.none')}</p>
		: <ul class="srcs">{things.map((x) => <Card key={x.id} x={x} d={d} ask={ask} />)}</ul>;
	return (
		<div class="view processing">
			<header class="view-head"><Beside at="/processing" /><h1>{t('view.processing')}</h1><p class="quiet">{t('law.no_advice')}</p></header>
			<p>{[d.controller, d.contact, d.officer].filter(Boolean).join(' · ') || t('prc.nobody')}</p>
			{of(false).length > 0 && <Section title={t('prc.not_running')}>{cards(of(false))}</Section>}
			<Section title={t('prc.running')}>{cards(of(true))}</Section>
			{d.processors.length > 0 && <Section title={t('prc.processors')}>
				<ul class="list">{d.processors.map((p) => {
					const g = d.agreements.find((a) => a.id === p.contract);
					return <li key={p.id} class="run"><h3>{p.name}</h3>
						{!p.in_force && <p class="warned"><LevelMark level="high" />{t('prc.no_contract')}</p>}
						<dl class="facts">
							<Row says={t('pv.purpose')} of={p.does} />
							<Row says={t('prc.contract')} of={g ? `${g.ref} · ${date(g.from)} – ${g.until ? date(g.until) : t('prc.no_end')}` : ''} />
							<Row says={t('prc.place')} of={[p.place, p.country].filter(Boolean)} />
							<Row says={t('prc.instructions')} of={p.instructions} />
							<Row says={t('prc.others')} of={p.others} />
							<Row says={t('prc.tells')} of={p.tells_s === null ? '' : span(p.tells_s * 1000)} />
						</dl></li>;
				})}</ul>
			</Section>}
			{d.agreements.length > 0 && <Section title={t('prc.agreements')}>
				<ul class="list">{d.agreements.map((g) => (
					<li key={g.id} class="run"><h3>{g.ref}</h3><p class="quiet">{g.with} · {date(g.from)} – {g.until ? date(g.until) : t('prc.no_end')}</p>
						{may('decide.processing') && g.until && <p class="buttons"><button type="button" class="button" onClick={() => ask(renew(g))}>{t('prc.renew')}</button></p>}</li>
				))}</ul>
			</Section>}
			<Section title={t('prc.never')}><ul>{d.never.map((n) => <li key={n}>{n}</li>)}</ul></Section>
			{dialog}
		</div>
	);
}
