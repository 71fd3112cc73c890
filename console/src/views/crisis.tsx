/* The crisis cell: its level, tasks, decisions, who was called in, cards of the roles, what was
 * learnt. All of it prints. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { moment, span, until } from '../format';
import { colon, t, type Key } from '../i18n';
import { Icon } from '../icons';
import { may, minute, now, second, session, useLive } from '../state';
import type { Change, Named } from '../types';
import { Failed, Section, useAsk, when, type Asked } from './parts';
import type { Question } from './types';
import './views.css';
import './crisis.css';

interface Item { id: string; kind: string; at: string; role: Named; person: Named | null; text: string; incident: Named | null }
interface Decided extends Item { why?: string; alternatives?: string[]; level_name?: string }
interface Task extends Item {
	owner: Named | null; due: string | null; state: 'open' | 'done' | 'cannot' | 'dropped'; late: boolean;
	ended: { at: string; role: Named; person: Named | null; text: string } | null;
}
interface Recall extends Item {
	place: string; roles: Named[]; people: Named[]; called: number; come: number;
	answers: { at: string; role: Named; person: Named | null; comes: boolean; there: string | null; text: string }[];
}
interface Review extends Item { finding: string; owner: Named | null; due: string | null }
interface Card { role: Named; title: string; first: string; on_call: Named[]; deputies: Named[] }
interface Crisis {
	level: number; level_name: string; from: string | null; since: string | null; to: string | null; lead: Named | null; levels: string[];
	log?: Decided[]; tasks?: Task[]; recalls?: Recall[]; cards?: Card[]; reviews?: Review[];
	past?: { id: string; from: string; to: string; highest: number; tasks: number; decisions: number }[];
	may: string[]; forgotten: number;
}
type Ask = (a: Asked) => void;

const wanted = (c: Change): boolean => c.kind === 'decision';
const mine = (id?: string): string | undefined => session.value?.roles.find((r) => r.id === id)?.id;

/* Whoever decides may say of which open incident. */
const about = (): Question[] => now.value?.incidents.length
	? [{ name: 'about', type: 'choice', text: t('view.incident'), may: true, choices: now.value.incidents.slice(0, 50).map((l) => [l.id, `${l.title}${colon()}${l.on}`] as const) }] : [];

const pairs = (all: readonly Named[]): [string, string][] => all.map((x) => [x.id, x.name]);
const MINUTES = [10, 20, 30, 60, 120, 240, 480, 1440];
const due = (): Question => ({ name: 'due', type: 'choice', text: t('cr.due'), may: true,
	choices: MINUTES.map((m) => [String(m), t('time.in', { t: span(m * 60_000) })] as const) });

/* What was chosen, as the server takes it: lists, and a time instead of minutes from now. */
function args({ due: min, roles, alternatives, ...v }: Record<string, string>): Record<string, unknown> {
	const alts = alternatives?.split('\n').map((l) => l.trim()).filter(Boolean);
	return {
		...Object.fromEntries(Object.entries(v).filter(([, x]) => x)), ...(roles ? { roles: roles.split(' ') } : {}),
		...(alts?.length ? { alternatives: alts } : {}), ...(min ? { due: new Date(second.value + Number(min) * 60_000).toISOString() } : {}),
	};
}

function By({ i }: { i: { at: string; role: Named; person: Named | null } }): JSX.Element {
	return <span class="quiet">{moment(i.at, minute.value)}, {i.person ? `${i.person.name}, ` : ''}{i.role.name}</span>;
}

function About({ i }: { i: Item }): JSX.Element | null {
	return i.incident && <a class="cr-about" href={`/incidents/${i.incident.id}`}>{i.incident.name}</a>;
}

function List({ none, children }: { none: boolean; children: ComponentChildren }): JSX.Element {
	return none ? <p class="quiet">{t('cr.none')}</p> : <ul class="cr-list">{children}</ul>;
}

/* A button that asks, where it may. */
function Do({ c, kind, says, ask, make, primary }: {
	c: Crisis; kind: string; says: Key; ask: Ask; make: () => Partial<Asked>; primary?: boolean;
}): JSX.Element | null {
	if (!c.may.includes(kind)) return null;
	const open = () => ask({
		decision: { kind, subject: 'crisis', ...(kind === 'recall-answer' ? {} : { role: mine(c.lead?.id) }) },
		title: t(says), yes: t(says), reason: 'must', args, ...make(),
	});
	return <button type="button" class={primary ? 'button primary' : 'button'} onClick={open}>{t(says)}</button>;
}

function Head({ c, ask }: { c: Crisis; ask: Ask }): JSX.Element {
	const on = c.level > 0;
	const open = c.tasks?.filter((x) => x.state === 'open').length ?? 0;
	const level: Question = { name: 'level', type: 'choice', text: t('cr.level'),
		choices: c.levels.map((name, k) => [String(k + 1), `${k + 1}${colon()}${name}`] as const).filter(([l]) => l !== String(c.level)) };
	return (
		<header class={`cr-head ${on ? 'cr-on' : ''}`}>
			<div>
				<h1>{on ? c.level_name : t('cr.off')}</h1>
				<p>
					{on && <>{t('cr.level')} {c.level}/3, {t('time.since', { at: moment(c.since!, minute.value) })}{c.lead && `, ${t('cr.led', { role: c.lead.name })}`}</>}
					{!on && c.to && t('cr.over', { at: moment(c.to, minute.value) })}
				</p>
			</div>
			<div class="buttons no-print">
				{may('see.incidents') && <a class="button primary" href="/crisis/situation"><Icon name="report" />{t('cr.sitrep')}</a>}
				<Do c={c} kind="activate" says={on ? 'cr.change' : 'cr.activate'} ask={ask} make={() => ({ questions: [level] })} />
				<Do c={c} kind="stand-down" says="cr.down" ask={ask}
					make={() => ({ grave: true, text: open > 0 && <p class="warned">{t('cr.down_open', { n: open })}</p> })} />
			</div>
		</header>
	);
}

/* The role by which the reader may say what became of it; undefined: by none. */
function roleFor(c: Crisis, x: Task): string | undefined {
	return mine(x.owner?.id) ?? (x.owner?.id === session.value?.person.id ? session.value?.roles[0]?.id : undefined) ??
		(c.may.includes('task') ? mine(x.role.id) ?? mine(c.lead?.id) : undefined);
}

const OUTCOMES = [['done', 'do.done'], ['cannot', 'do.failed'], ['dropped', 'cr.drop']] as const;

function TaskLine({ c, x, ask }: { c: Crisis; x: Task; ask: Ask }): JSX.Element {
	const role = c.may.includes('task-done') && x.state !== 'done' && x.state !== 'dropped' ? roleFor(c, x) : undefined;
	const end = (outcome: string, says: Key) => ask({
		decision: { kind: 'task-done', subject: x.id, role, args: { outcome } }, title: `${t(says)}?`, text: <p>{x.text}</p>,
		yes: t(says), reason: outcome === 'done' ? 'may' : 'must',
	});
	return (
		<li class={`cr-item cr-${x.state} ${x.late ? 'cr-late' : ''}`}>
			<p><strong>{x.owner?.name}</strong>{x.late && <> <span class="tag cr-tag">{t('cr.late')}</span></>}
				{x.state === 'cannot' && <> <span class="tag cr-tag">{t('do.failed')}</span></>}</p>
			<p class="cr-what">{x.text}</p>
			<p class="quiet">{x.state === 'open' && x.due && <><strong>{t('cr.until', { at: moment(x.due, minute.value), t: until(x.due, minute.value) })}</strong>; </>}<By i={x} /> <About i={x} /></p>
			{x.ended && <p class="cr-end"><Icon name={x.state === 'done' ? 'check' : 'close'} />{" "}{t(OUTCOMES.find(([o]) => o === x.state)![1])}: {x.ended.text} <By i={x.ended} /></p>}
			{role && (
				<div class="buttons no-print">
					{OUTCOMES.filter(([o]) => o === 'done' || (o === 'cannot' ? x.state === 'open' : c.may.includes('task'))).map(([o, says]) => (
						<button type="button" class="button" key={o} onClick={() => end(o, says)}>{t(says)}<span class="unseen">: {x.text}</span></button>
					))}
				</div>
			)}
		</li>
	);
}

const rank = (x: Task): number => (x.late ? 0 : x.state === 'cannot' ? 1 : x.state === 'open' ? 2 : 3);

function Tasks({ c, tasks, ask }: { c: Crisis; tasks: Task[]; ask: Ask }): JSX.Element {
	const owners = c.cards?.map((k) => k.role) ?? [];
	return (
		<Section title={t('cr.tasks')} aside={<Do c={c} kind="task" says="cr.task" ask={ask} primary make={() => ({
			label: t('cr.task_what'),
			questions: [{ name: 'owner', type: 'choice', text: t('cr.who'), choices: pairs(owners) }, due(), ...about()],
		})} />}>
			<List none={!tasks.length}>{[...tasks].sort((a, b) => rank(a) - rank(b) || (a.due ?? '~').localeCompare(b.due ?? '~')).map((x) => <TaskLine key={x.id} c={c} x={x} ask={ask} />)}</List>
		</Section>
	);
}

function Log({ c, log, ask }: { c: Crisis; log: Decided[]; ask: Ask }): JSX.Element {
	return (
		<Section title={t('cr.log')} aside={<Do c={c} kind="resolve" says="cr.decide" ask={ask} primary make={() => ({
			label: t('cr.what'),
			questions: [{ name: 'why', type: 'string', text: t('inc.why') }, { name: 'alternatives', type: 'lines', text: t('cr.alts'), may: true }, ...about()],
		})} />}>
			<List none={!log.length}>{[...log].reverse().map((x) => (
				<li key={x.id} class="cr-item">
					<p class="cr-what">{x.kind === 'stand-down' && <strong>{t('cr.down')}{colon()}</strong>}{x.level_name && <strong>{x.level_name}{colon()}</strong>}{x.text}</p>
					{x.why && <p><strong>{t('inc.why')}:</strong> {x.why}</p>}
					{!!x.alternatives?.length && <p><strong>{t('cr.instead')}</strong> {x.alternatives.join('; ')}</p>}
					<p><By i={x} /> <About i={x} /></p>
				</li>
			))}</List>
		</Section>
	);
}

const ANSWERS = [['yes', 'cr.i_come'], ['no', 'do.failed']] as const;

function RecallLine({ c, x, ask }: { c: Crisis; x: Recall; ask: Ask }): JSX.Element {
	const role = x.roles.map((r) => mine(r.id)).find(Boolean);
	const minutes: Question = { name: 'minutes', type: 'integer', text: t('cr.minutes') };
	const answer = (comes: string, says: Key) => ask({ decision: { kind: 'recall-answer', subject: x.id, role, args: { comes } },
		title: `${t(says)}?`, yes: t(says), ...(comes === 'yes' ? { questions: [minutes] } : {}) });
	const comes: Question = { name: 'comes', type: 'choice', text: t('cr.comes'), choices: [['yes', t('v.yes')], ['no', t('v.no')]] };
	return (
		<li class="cr-item">
			<p><strong>{x.roles.map((r) => r.name).join(', ')}</strong>{colon()}{t('cr.come', { n: x.come, all: String(x.called) })}</p>
			<p class="cr-what">{x.text}{x.place && <> <Icon name="place" />{x.place}</>}</p>
			<p><By i={x} /> <About i={x} /></p>
			{x.answers.map((a) => (
				<p key={a.at}><strong>{a.person?.name ?? a.role.name}</strong>{colon()}{a.there ? t('cr.there', { at: when(a.there) }) : t('cr.not')}{a.text && `${colon()}${a.text}`}</p>
			))}
			{c.may.includes('recall-answer') && (
				<div class="buttons no-print">
					{role && ANSWERS.map(([comes, says]) => <button type="button" class="button" key={comes} onClick={() => answer(comes, says)}>{t(says)}</button>)}
					{x.people.length > 0 && <button type="button" class="button" onClick={() => ask({ decision: { kind: 'recall-answer', subject: x.id },
						title: t('cr.enter'), yes: t('cr.enter'),
						questions: [{ name: 'person', type: 'choice', text: t('cr.who'), choices: pairs(x.people) }, comes, { ...minutes, may: true }] })}>{t('cr.enter')}</button>}
				</div>
			)}
		</li>
	);
}

function Staff({ c, recalls, ask }: { c: Crisis; recalls: Recall[]; ask: Ask }): JSX.Element {
	return (
		<Section title={t('cr.staff')} aside={<Do c={c} kind="recall" says="cr.call" ask={ask} primary make={() => ({
			label: t('cr.what_for'),
			questions: [{ name: 'roles', type: 'choice', several: true, text: t('cr.whom'), choices: pairs(c.cards?.map((k) => k.role) ?? []) },
				{ name: 'place', type: 'string', text: t('cr.place'), may: true }],
		})} />}>
			<List none={!recalls.length}>{[...recalls].reverse().map((x) => <RecallLine key={x.id} c={c} x={x} ask={ask} />)}</List>
		</Section>
	);
}

function Cards({ cards }: { cards: Card[] }): JSX.Element {
	const own = cards.filter((k) => mine(k.role.id));
	return (
		<Section title={t('cr.cards')} class="cr-cards-part">
			<ul class="cr-cards">{[...own, ...cards.filter((k) => !own.includes(k))].map((k) => (
				<li key={k.role.id} class={`card ${own.includes(k) ? 'cr-own' : ''}`}>
					<h3>{k.title}</h3>
					{k.title !== k.role.name && <p class="quiet">{k.role.name}</p>}
					{k.first && <p>{k.first}</p>}
					{k.on_call.length > 0 && <p><strong>{t('cr.on_call')}:</strong> {k.on_call.map((p) => p.name).join(', ')}</p>}
					{k.deputies.length > 0 && <p>{k.on_call.length > 0 && <strong>{t('cr.deputies')}{colon()}</strong>}{k.deputies.map((p) => p.name).join(', ')}</p>}
					{may('lead.crisis') && !k.on_call.length && !k.deputies.length && <p class="quiet">{t('cr.nobody')}</p>}
				</li>
			))}</ul>
		</Section>
	);
}

function Reviews({ c, reviews, ask }: { c: Crisis; reviews: Review[]; ask: Ask }): JSX.Element {
	return (
		<Section title={t('cr.review')} aside={<Do c={c} kind="review" says="cr.learn" ask={ask} make={() => ({
			label: t('cr.learnt'),
			questions: [{ name: 'finding', type: 'choice', text: t('cr.finding'), choices: [['keep', t('cr.keep')], ['change', t('cr.alter')]] },
				{ name: 'owner', type: 'choice', text: t('cr.who'), may: true, choices: pairs(c.cards?.map((k) => k.role) ?? []) }],
		})} />}>
			<List none={!reviews.length}>{[...reviews].reverse().map((x) => (
				<li key={x.id} class="cr-item">
					<p class="cr-what"><strong>{t(x.finding === 'keep' ? 'cr.keep' : 'cr.alter')}:</strong> {x.text}</p>
					<p>{x.owner && <strong>{x.owner.name}; </strong>}<By i={x} /></p>
				</li>
			))}</List>
			{!!c.past?.length && (
				<details>
					<summary>{t('cr.past')}</summary>
					<ul class="cr-list">{c.past.map((p) => <li key={p.id}>{moment(p.from, minute.value)} – {moment(p.to, minute.value)}: {c.levels[p.highest - 1]}</li>)}</ul>
				</details>
			)}
		</Section>
	);
}

export function CrisisView(): JSX.Element {
	const { data: c, problem, reload } = useLive<Crisis>('/crisis', wanted);
	const [dialog, open] = useAsk(reload);
	if (!c) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	return (
		<div class="view crisis">
			<Head c={c} ask={open} />
			<div class="cr-columns">
				{c.tasks && <Tasks c={c} tasks={c.tasks} ask={open} />}
				{c.log && <Log c={c} log={c.log} ask={open} />}
				{c.recalls && <Staff c={c} recalls={c.recalls} ask={open} />}
				{c.reviews && <Reviews c={c} reviews={c.reviews} ask={open} />}
			</div>
			{c.cards && <Cards cards={c.cards} />}
			{c.forgotten > 0 && <p class="quiet">{t('cr.gone', { n: c.forgotten })}</p>}
			{dialog}
		</div>
	);
}

/* The report as the server tells it: a title, then parts with a heading each. */
export function SituationView(): JSX.Element {
	const { data, problem, reload } = useLive<{ text: string; recovery_is: string }>('/crisis/situation-report', (c) => c.kind !== 'detection');
	const waits = data && (data.recovery_is === 'computing' ? 2 : data.recovery_is === 'older' ? 15 : 0);
	useEffect(() => {
		if (!waits) return;
		const again = setInterval(reload, waits * 1000);
		return () => clearInterval(again);
	}, [waits, reload]);
	if (!data) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const [head, ...parts] = data.text.trim().split('\n\n').map((p) => p.split('\n'));
	return (
		<article class="view sitrep">
			<header class="view-head">
				<h1>{head![0]}</h1>
				<div class="buttons no-print">
					<a class="button" href="/crisis">{t('view.crisis')}</a>
					<button type="button" class="button primary" onClick={() => print()}><Icon name="print" />{t('app.print')}</button>
				</div>
			</header>
			{head!.slice(1).map((l) => <p key={l}><strong>{l}</strong></p>)}
			{parts.map(([title, ...lines]) => (
				<section key={title}>
					<h2>{title}</h2>
					<ul>{lines.map((l) => <li key={l}>{l.replace(/^- /, '')}</li>)}</ul>
				</section>
			))}
		</article>
	);
}
