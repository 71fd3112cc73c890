/* What persons ask by law, until when each is answered, what it waits for; and what is said of it. */
import type { JSX } from 'preact';
import { date } from '../format';
import { named, t } from '../i18n';
import { LevelMark } from '../icons';
import { may, useLive } from '../state';
import { Beside, Failed, Section, useAsk, type Asked } from './parts';
import './views.css';

interface Request {
	id: string; right: string; says: string; state: string; ref: string; identity: string; received: string; due: string; closed: string | null;
	late: boolean; mine: boolean; extended: boolean; role_name: string; second_name: string; more: string; text: string; digest: string; goes: string[]; stays: string[];
}
interface Persons { requests: Request[]; forgotten: number }

const lines = (s: string | undefined): string[] => (s ?? '').split(';').map((x) => x.trim()).filter(Boolean);

const taken = (): Asked => ({
	decision: { kind: 'person-request', subject: 'requests' }, title: t('pn.ask_new'), yes: t('pn.take'), reason: 'may', text: <p class="quiet">{t('pn.no_names')}</p>,
	questions: [
		{ name: 'right', type: 'string', text: t('pn.right'), choices: ['access', 'erasure', 'objection'].map((r) => [r, named('pn', r)]) },
		{ name: 'ref', type: 'string', text: t('pn.ref') }, { name: 'received', type: 'date', text: t('pn.received') }, { name: 'identity', type: 'string', text: t('pn.identity') },
	], args: (v) => v,
});
const say = (r: Request, what: string, reason: NonNullable<Asked['reason']>, more?: Partial<Asked>): Asked => ({
	decision: { kind: 'person-answer', subject: r.id, args: { say: what } }, title: t('pn.ask', { what: named('pn', what), ref: r.ref }), yes: named('pn', what), reason, ...more,
});
const decides = (r: Request): Asked => say(r, 'decide', 'must', {
	text: <p class="quiet">{t('pn.semicolons')}</p>,
	questions: [{ name: 'goes', type: 'string', text: t('pn.goes'), may: true }, { name: 'stays', type: 'string', text: t('pn.stays'), may: true }],
	args: (v) => ({ say: 'decide', ...(lines(v.goes).length ? { goes: lines(v.goes) } : {}), ...(lines(v.stays).length ? { stays: lines(v.stays) } : {}) }),
});
const done = (r: Request): Asked => ({
	decision: { kind: 'person-done', subject: r.id }, title: t('pn.ask_done', { ref: r.ref }), yes: t('pn.done'), reason: 'none', text: <p class="quiet">{t('pn.done_how')}</p>,
	questions: [{ name: 'digest', type: 'string', text: t('pn.digest') }], args: (v) => ({ ...v, say: r.right === 'access' ? 'packed' : 'erased' }),
});

function Row({ says, of }: { says: string; of: string }): JSX.Element | null {
	return of ? <div><dt>{says}</dt><dd>{of}</dd></div> : null;
}

function Buttons({ r, ask }: { r: Request; ask: (a: Asked) => void }): JSX.Element {
	const B = ({ a, primary }: { a: Asked; primary?: boolean }): JSX.Element => <button type="button" class={`button ${primary ? 'primary' : ''}`} onClick={() => ask(a)}>{a.yes}</button>;
	return (
		<p class="buttons no-print">
			{r.state === 'decides' && <B a={decides(r)} primary />}
			{r.state === 'new' && !r.mine && <B a={say(r, 'agree', 'may')} primary />}
			{r.state === 'agreed' && <B a={done(r)} primary />}
			{r.state === 'ready' && <B a={say(r, 'answer', 'may')} primary />}
			{!r.extended && <B a={say(r, 'extend', 'must')} />}
			<B a={say(r, 'refuse', 'must', { grave: true })} />
		</p>
	);
}

function Card({ r, ask }: { r: Request; ask: (a: Asked) => void }): JSX.Element {
	return (
		<li class={`src ${r.late ? 'src-lost' : ''}`}>
			<h3>{r.ref} <small>{named('pn', r.right)}</small></h3>
			<p>{r.late && <LevelMark level="high" />}{named('pn.is', r.state)}{r.state === 'new' && r.mine && ` ${t('pn.not_you')}`}</p>
			<dl class="facts">
				<Row says={t('pn.received')} of={date(r.received)} />
				<Row says={r.closed ? t('pn.closed') : t('pn.due')} of={r.closed ? date(r.closed) : date(r.due)} />
				<Row says={t('pn.identity')} of={r.identity} />
				<Row says={t('pn.by')} of={[r.role_name, r.second_name].filter(Boolean).join(', ')} />
				<Row says={t('pn.goes')} of={r.goes.join('; ')} />
				<Row says={t('pn.stays')} of={r.stays.join('; ')} />
				<Row says={t('pn.more')} of={r.more} />
				<Row says={t('pn.text')} of={r.text} />
				<Row says={t('pn.digest')} of={r.digest} />
			</dl>
			{r.state === 'agreed' && <p class="quiet"><code>ward person {r.right === 'access' ? 'access' : 'erase'} … {r.id.slice(0, 8)}</code></p>}
			<p class="no-print"><a href={`/persons/${r.id}`}>{t('pn.letter')}</a></p>
			{!r.closed && <Buttons r={r} ask={ask} />}
		</li>
	);
}

export function PersonsView(): JSX.Element {
	const { data: d, problem, reload } = useLive<Persons>('/persons', (c) => c.kind === 'decision');
	const [dialog, ask] = useAsk(reload);
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const cards = (of: Request[]): JSX.Element => of.length ? <ul class="srcs">{of.map((r) => <Card key={r.id} r={r} ask={ask} />)}</ul> : <p class="quiet">{t('watch.none')}</p>;
	return (
		<div class="view">
			<header class="view-head"><Beside at="/persons" /><h1>{t('view.persons')}</h1>
				{may('decide.processing') && <button type="button" class="button primary no-print" onClick={() => ask(taken())}>{t('pn.new_one')}</button>}</header>
			<Section title={t('pn.open')}>{cards(d.requests.filter((r) => !r.closed))}</Section>
			<Section title={t('pn.over')}>{cards(d.requests.filter((r) => r.closed))}</Section>
			{dialog}
		</div>
	);
}
