/* The watch of a post: who mans it, its log, what is open, and the sheet that is handed over. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { decide, get, Problem } from '../api';
import { day, moment } from '../format';
import { colon, named, t } from '../i18n';
import { Icon, LevelTag } from '../icons';
import { ProblemNote } from '../problem';
import { ask as address, query } from '../router';
import { may, minute, session, useLive } from '../state';
import type { Level, Named } from '../types';
import { Failed, Section, useAsk } from './parts';
import { ReportLine, useReports } from './reports';
import './views.css';
import './watch.css';

interface Who { id: string; at: string; person: string; name: string }
interface Post { id: string; name: string; roles: Named[]; manned: Who | null; waiting: Who | null; open: number }
interface Sheet {
	hash: string; intact: boolean;
	incidents: { id: string; level: Level; state: string; owner: string; owner_name: string; title: string; on: string }[];
	open: { id: string; what: string; at: string; text: string }[];
	broken: { id: string; name: string; since: string; what: string }[];
	works: { id: string; from: string; until: string; who: string; why: string; on: string }[];
	muted: { id: string; title: string; on: string; until: string; role_name: string; why: string }[];
	held: { id: string; n: number; since: string }[];
	more: { part: string; n: number }[];
}
interface Entry {
	id: string; what: string; at: string; name: string; role_name: string; text: string; open: boolean;
	due: string | null; done: string | null; done_by: string; sheet: Sheet | null;
}
interface Log extends Post { entries: Entry[]; more: number; forgotten: number; known_since: string | null }
interface Count { id: string; name: string; incidents: number; decided: number; dismissed: number; signs: number; rule?: string; rule_name?: string }
interface Load {
	at: string; days: number[]; incidents: number; decided: number; dismissed: number; standing: number;
	most_in_ten_minutes: number; rules: Count[]; roles: Count[];
}

const KINDS = ['key', 'visitor', 'round', 'fault', 'promise', 'other'];
const mine = (p: Post): boolean => !!session.value?.roles.some((r) => p.roles.some((q) => q.id === r.id));
const at = (time: string): JSX.Element => <time dateTime={time}>{moment(time, minute.value)}</time>;

/* What whoever comes must know. */
function SheetView({ s }: { s: Sheet }): JSX.Element {
	const more = (part: string) => {
		const n = s.more.find((m) => m.part === part)?.n;
		return n ? <li class="quiet">{t('watch.more', { n })}</li> : null;
	};
	const held = (id: string) => s.held.find((h) => h.id === id);
	const all = held('');
	return (
		<div class="sheet">
			{!s.intact && <p class="problem">{t('watch.not_intact')}</p>}
			<h3>{t('watch.incidents')}</h3>
			<ul class="list">
				{s.incidents.map((i) => (
					<li key={i.id}><LevelTag level={i.level} /> {i.title && <a href={`/incidents/${i.id}`}>{i.title}{i.on && `${colon()}${i.on}`}</a>}{' '}
						<span class={i.owner ? 'quiet' : 'not-taken'}>{named('state', i.state)}, {i.owner ? i.owner_name : t('now.not_taken')}</span></li>
				))}
				{!s.incidents.length && <li class="quiet">{t('watch.none')}</li>}{more('incidents')}
			</ul>
			<h3>{t('watch.still_open')}</h3>
			<ul class="list">
				{s.open.map((o) => <li key={o.id}><b>{named('entry', o.what)}</b> {o.text} <span class="quiet">{at(o.at)}</span></li>)}
				{!s.open.length && <li class="quiet">{t('watch.none')}</li>}{more('open')}
			</ul>
			<h3>{t('watch.broken')}</h3>
			<ul class="list">
				{s.broken.map((b) => <li key={b.id}><b>{b.name}</b> {b.what} <span class="quiet">{at(b.since)}</span></li>)}
				{!s.broken.length && <li class="quiet">{t('watch.none')}</li>}{more('broken')}
			</ul>
			{s.works.length > 0 && <>
				<h3>{t('watch.works')}</h3>
				<ul class="list">{s.works.map((w) => <li key={w.id}><b>{w.who}</b> {[w.why, w.on].filter(Boolean).join(' · ')} <span class="quiet">{at(w.from)} – {at(w.until)}</span></li>)}{more('works')}</ul>
			</>}
			{s.muted.length > 0 && <>
				<h3>{t('watch.muted')}</h3>
				{all && <p>{t('watch.held', { n: all.n, at: moment(all.since, minute.value) })}</p>}
				<ul class="list">{s.muted.map((m) => <li key={m.id}><b>{m.title}</b> {m.on} {!!held(m.id)?.n && <b>{`${held(m.id)!.n}\u00a0×`}</b>} <span class="quiet">{t('inc.until', { t: moment(m.until, minute.value) })} · {m.role_name}: {m.why}</span></li>)}{more('muted')}</ul>
			</>}
		</div>
	);
}

/* A key or a click for what it is, a few words, Enter. */
function NewEntry({ post, sent }: { post: Post; sent: () => void }): JSX.Element {
	const [kind, setKind] = useState('key');
	const [text, setText] = useState('');
	const [id, setId] = useState(crypto.randomUUID());
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(null);
	const submit = async (e: Event) => {
		e.preventDefault();
		setBusy(true);
		setProblem(null);
		try {
			await decide({ kind: 'log', subject: post.id, text: text.trim(), args: { kind } }, id);
			setText('');
			setId(crypto.randomUUID());
			sent();
		} catch (err) {
			if (!(err instanceof Problem)) throw err;
			if (err.status) setId(crypto.randomUUID());
			setProblem(err);
		}
		setBusy(false);
	};
	return (
		<form class="new-entry no-print" onSubmit={submit}>
			<fieldset>
				<legend class="unseen">{t('watch.kind')}</legend>
				{KINDS.map((k) => (
					<label key={k} class={`choice ${k === kind ? 'chosen' : ''}`}>
						<input type="radio" name="kind" value={k} checked={k === kind} onChange={() => setKind(k)} />{named('entry', k)}
					</label>
				))}
			</fieldset>
			<label class="field">
				<span>{t('watch.words')}</span>
				<input required maxLength={1900} autocomplete="off" value={text} onInput={(e) => setText(e.currentTarget.value)} />
			</label>
			<ProblemNote problem={problem} acting />
			<button type="submit" class="button primary" disabled={busy}>{t('watch.enter')}</button>
		</form>
	);
}

function Row({ e, done }: { e: Entry; done?: () => void }): JSX.Element {
	const watch = e.what === 'hand-over' || e.what === 'take-over';
	const says = t(e.what === 'key' ? 'watch.back' : 'watch.done');
	return (
		<li class={e.open ? 'still-open' : ''}>
			<p>
				{at(e.at)} <b>{named('entry', e.what)}</b> {e.text} <span class="quiet">{e.name}, {e.role_name}</span>
				{e.done && <span class="done"><Icon name="check" />{t(watch ? 'watch.accepted_by' : 'watch.done_by', { name: e.done_by, at: moment(e.done, minute.value) })}</span>}
				{e.open && watch && <span class="not-taken">{t('watch.waits')}</span>}
				{done && <button type="button" class="button small no-print" aria-label={`${says}${colon()}${e.text}`} onClick={done}>{says}</button>}
			</p>
			{e.sheet && <details><summary>{t('watch.sheet')}</summary><SheetView s={e.sheet} /></details>}
		</li>
	);
}

function Manned({ p }: { p: Post }): JSX.Element {
	const w = p.manned ?? p.waiting;
	return (
		<span class={p.manned ? '' : 'not-taken'}>
			{w ? t(p.manned ? 'watch.since' : 'watch.left', { name: w.name, at: moment(w.at, minute.value) }) : t('watch.nobody')}
		</span>
	);
}

function PostLog({ id }: { id: string }): JSX.Element {
	const { data: p, problem, reload } = useLive<Log>(`/watch/${encodeURIComponent(id)}`, (c) => c.kind === 'decision');
	const [failed, setFailed] = useState<Problem | null>(null);
	const [dialog, ask] = useAsk(reload);
	const reports = useReports(may('see.incidents'));
	if (!p) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const own = mine(p);
	const here = p.manned?.person === session.value?.person.id;
	const waiting = p.entries.find((e) => e.id === p.waiting?.id);
	const handOver = () => {
		setFailed(null);
		get<{ sheet: Sheet }>(`/watch/${encodeURIComponent(id)}/sheet`).then(({ sheet }) => ask({
			decision: { kind: 'hand-over', subject: p.id, args: { sheet: sheet.hash } },
			title: t('watch.hand_over_of', { name: p.name }), text: <SheetView s={sheet} />, yes: t('watch.hand_over'), label: t('watch.say'),
		}), setFailed);
	};
	const take = () => ask({
		decision: { kind: 'take-over', subject: waiting?.id ?? p.id },
		title: t('watch.take_over_of', { name: p.name }), yes: t(waiting ? 'watch.accept' : 'watch.take_over'),
		text: waiting?.sheet ? <><p>{t('watch.from', { name: waiting.name, at: moment(waiting.at, minute.value) })} {waiting.text}</p><SheetView s={waiting.sheet} /></> : undefined,
	});
	const open = p.entries.filter((e) => e.open && e.what !== 'hand-over');
	/* what people reported stands between, as far back as the log goes */
	const since = p.more ? p.entries.at(-1)?.at ?? '' : '';
	const log = [...p.entries.map((e): [string, JSX.Element] => [e.at, <Row key={e.id} e={e} />]),
		...reports.filter((r) => r.at >= since).map((r): [string, JSX.Element] => [r.at, <ReportLine key={r.id} r={r} />])].sort(([a], [b]) => a < b ? 1 : -1);
	return (
		<>
			<div class="post-head">
				<h2>{p.name}</h2>
				<Manned p={p} />
				<span class="buttons no-print">
					{own && here && <button type="button" class="button" onClick={handOver}>{t('watch.hand_over')}</button>}
					{own && !here && <button type="button" class={`button ${p.waiting ? 'primary' : ''}`} onClick={take}>{t(p.waiting ? 'watch.accept' : 'watch.take_over')}</button>}
					<button type="button" class="button" onClick={() => print()}><Icon name="print" />{t('app.print')}</button>
				</span>
			</div>
			<ProblemNote problem={failed} acting />
			{own && <NewEntry post={p} sent={reload} />}
			<Section title={t('watch.still_open')}>
				<ul class="log">
					{open.map((e) => <Row key={e.id} e={e} {...(own ? { done: () => ask({ decision: { kind: 'log-done', subject: e.id }, title: e.text, yes: t(e.what === 'key' ? 'watch.back' : 'watch.done') }) } : {})} />)}
				</ul>
				{!open.length && <p class="quiet">{t('watch.none')}</p>}
			</Section>
			<Section title={t('watch.log')}>
				<ul class="log">{log.map(([, row]) => row)}</ul>
				{!p.entries.length && <p class="quiet">{t('watch.empty')}</p>}
				{p.more + p.forgotten > 0 && <p class="quiet">{t('watch.older', { n: p.more + p.forgotten })}</p>}
				{p.known_since && <p class="quiet">{t('watch.known', { at: moment(p.known_since, minute.value) })}</p>}
			</Section>
			{dialog}
		</>
	);
}

/* Incidents of each day; the same in words for who cannot see it. */
function Days({ days, last }: { days: number[]; last: string }): JSX.Element {
	const most = Math.max(1, ...days);
	const end = Date.parse(last);
	return (
		<figure class="days">
			<svg viewBox="0 0 300 64" preserveAspectRatio="none" role="img" aria-label={t('watch.days', { n: days.reduce((a, b) => a + b, 0), most })}>
				{days.map((n, i) => (
					<rect key={i} x={i * 10 + 1} y={60 - (n / most) * 56} width="8" height={Math.max((n / most) * 56, n ? 1 : 0)}>
						<title>{`${day(end - (days.length - 1 - i) * 86_400_000)}${colon()}${n}`}</title>
					</rect>
				))}
				<path d="M0 60.5H300" />
			</svg>
			<figcaption class="quiet"><span>{day(end - (days.length - 1) * 86_400_000)}</span><span>{t('watch.most', { most })}</span><span>{day(end)}</span></figcaption>
		</figure>
	);
}

function Counts({ title, rows }: { title: string; rows: Count[] }): JSX.Element | null {
	if (!rows.length) return null;
	return (
		<table class="counts">
			<caption>{title}</caption>
			<thead><tr>
				<th scope="col"><span class="unseen">{title}</span></th><th scope="col" class="number">{t('watch.alarms')}</th>
				<th scope="col" class="number">{t('watch.dismissed')}</th><th scope="col" class="number">{t('watch.precision')}</th>
			</tr></thead>
			<tbody>{rows.slice(0, 8).map((r) => (
				<tr key={r.id}>
					<th scope="row">{r.name}{r.rule && may('see.incidents') && <> <a href={`/signs?rule=${encodeURIComponent(r.rule)}`}>{t('watch.cause', { rule: r.rule_name! })}</a></>}</th><td class="number">{r.incidents}</td><td class="number">{r.dismissed}</td>
					<td class="number">{r.decided ? `${Math.round(100 * (1 - r.dismissed / r.decided))} %` : '–'}</td>
				</tr>
			))}</tbody>
		</table>
	);
}

function LoadPart(): JSX.Element | null {
	const { data: l } = useLive<Load>('/watch/load', (c) => c.kind === 'incident');
	if (!l) return null;
	return (
		<Section title={t('watch.load')}>
			<Days days={l.days} last={l.at} />
			<p>{t('watch.load_says', { n: l.incidents, ten: l.most_in_ten_minutes, standing: l.standing, dismissed: l.dismissed })}</p>
			<Counts title={t('watch.by_rule')} rows={l.rules} />
			<Counts title={t('watch.by_role')} rows={l.roles} />
		</Section>
	);
}

export function WatchView(): JSX.Element {
	const { data, problem, reload } = useLive<{ items: Post[] }>('/watch', (c) => c.kind === 'decision');
	if (!data) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const posts = [...data.items].sort((a, b) => Number(mine(b)) - Number(mine(a)));
	const chosen = posts.find((p) => p.id === query.value.get('post')) ?? posts[0];
	return (
		<div class="view watch">
			<header class="view-head"><h1>{t('view.watch')}</h1>{may('see.incidents') && <a class="button no-print" href="/held">{t('view.held')}</a>}</header>
			{posts.length > 1 && (
				<ul class="posts no-print" aria-label={t('watch.posts')}>
					{posts.map((p) => (
						<li key={p.id}>
							<button type="button" class={`button post ${p === chosen ? 'chosen' : ''}`} aria-pressed={p === chosen} onClick={() => address({ post: p.id })}>
								<b>{p.name}</b><Manned p={p} />{p.open > 0 && <span class="quiet">{t('watch.open_n', { n: p.open })}</span>}
							</button>
						</li>
					))}
				</ul>
			)}
			{chosen ? <PostLog key={chosen.id} id={chosen.id} /> : <p class="quiet">{t('watch.no_posts')}</p>}
			{!session.value?.places.length && <LoadPart />}
		</div>
	);
}
