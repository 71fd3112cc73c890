/* A play, for who leads it. Its words come with the answer, since it is seldom open. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { decide, get, Problem } from '../api';
import { moment, span, until } from '../format';
import { colon, t } from '../i18n';
import { ProblemNote } from '../problem';
import { minute, now } from '../state';
import { Failed, Lines, Section, useAsk } from './parts';
import './views.css';

type Says = null | { incident: string; sign: boolean; expected: string | null };
interface Due { within_ms: number | null; after_ms: number | null }
interface Play {
	title: string; story: string; paused: boolean; ended: boolean; films: boolean; played_ms: number; next_ms: number | null;
	response: string;
	steps: { step: number; at_ms: number; note: string; fate: string; signs: (Due & { threat: string; on: string; visible: boolean })[] }[];
	expected: (Due & { role: string; name: string })[];
	injects: { id: string; title: string; brought: number; text: { name: string; text: string }[] }[];
	branches: { id: string; note: string; decided: string; of: string; before_ms: number; way: string; met: boolean }[];
	told: { time: string; recipient: string; acknowledged: boolean; policy: boolean }[];
	played: { role: string; name: string; policy: boolean; acknowledges_ms: number | null; contains_ms: number | null; answers_ms: number | null; agrees: number | null; approves_ms: number | null; refuses_ms: number | null; begins_ms: number | null }[];
	log: { played_ms: number; what: string; note: string; inject: string; branch: string; taken: boolean; decided: string; of: string; text: string; itself: boolean; by: string }[];
	messages: { id: string; played_ms: number; to: { role: string; name: string; text: string }[]; seen: { by: string; name: string; played_ms: number }[] }[];
	roles: { id: string; name: string }[];
	truth: null | {
		story_ms: number;
		things_n: number;
		things: { id: string; name: string; is: string; store: string; percent: number; ends_ms: number | null; ward: Says }[];
		services: { id: string; name: string; since_ms: number | null; falls_ms: number | null; back_ms: number | null; ward: Says }[];
	};
	worth: null | {
		without_ms: number | null; played_ms: number;
		decisions: { branch: string; note: string; of: string; decided: string; by: string; policy: boolean; played_ms: number; saved_ms: number | null; prevented: { step: number; note: string }[] }[];
		services: { service: string; name: string; without_ms: number; played_ms: number }[];
	};
	words: Record<string, string>;
}

const clock = (ms: number): string => {
	const s = Math.max(0, Math.floor(ms / 1000));
	return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
};

/* What is so beside what is known of it. */
function Truth({ is, w }: { is: Play['truth']; w: Play['words'] }): JSX.Element {
	if (!is) return <p class="quiet">{w.no_truth}</p>;
	if (!is.things.length && !is.services.length) return <p class="quiet">{w.all_well}</p>;
	const comes = (what: string | undefined, ms: number | null) => ms !== null && `${what} ${until(ms, 0)}`;
	const row = (x: { id: string; name: string; ward: Says }, what: (string | false | undefined)[], grave: boolean) => {
		const s = x.ward;
		return (
			<tr key={x.id}>
				<th scope="row">{x.name}</th>
				<td data-label={w.in_truth}>{grave ? <b>{what.filter(Boolean).join(', ')}</b> : what.filter(Boolean).join(', ')}</td>
				<td data-label={w.ward}>{s ? <a href={`/incidents/${s.incident}`}>{s.sign || !s.expected ? w.sign : `${w.forecast}${colon()}${until(s.expected, minute.value)}`}</a> : <span class="quiet">{w.nothing}</span>}</td>
			</tr>
		);
	};
	const table = (name: string, rows: JSX.Element[]) => rows.length > 0 && (
		<table class="table">
			<thead><tr><th scope="col">{name}</th><th scope="col">{w.in_truth}</th><th scope="col">{w.ward}</th></tr></thead>
			<tbody>{rows}</tbody>
		</table>
	);
	return (
		<>
			<p class="quiet">{w.story} ({span(is.story_ms)})</p>
			{table(w.care!, is.services.map((s) => row(s, [s.since_ms !== null ? `${w.lost} ${span(s.since_ms)}` : s.falls_ms === null && w.stands, comes(w.falls, s.falls_ms), comes(w.back, s.back_ms)], s.since_ms !== null)))}
			{table(w.things!, is.things.map((i) => row(i, i.store === 'warmth' && i.percent >= 100 ? [w.ends_warmth] : [w[`is_${i.is}`], i.store && `${i.percent} % ${w[`store_${i.store}`]}`, comes(w[i.store === 'warmth' ? 'ends_warmth' : 'ends'], i.ends_ms)], i.is !== 'well' && i.is !== 'store')))}
			{is.things_n > is.things.length && <p class="quiet">+{is.things_n - is.things.length} {w.more}</p>}
		</>
	);
}

/* What Ward saw of what is expected, and after how long. */
function Is({ due, w, seen }: { due: Due; w: Play['words']; seen: string | undefined }): JSX.Element {
	const late = due.within_ms !== null && due.after_ms !== null && due.after_ms > due.within_ms;
	const within = due.within_ms === null ? '' : `${w.within} ${clock(due.within_ms)}`;
	return due.after_ms === null ? <>{within}</> : <>{late ? '!' : '✓'} {seen} {clock(due.after_ms)}{late && ` (${within})`}</>;
}

const byPolicy = (e: Play['log'][number]): boolean => e.what === 'decide' && e.text === 'policy';

/* Who did it; the log has `policy` as the text of a decision and the author of a note. */
const by = (e: Play['log'][number], w: Play['words']): string | undefined =>
	e.by === 'policy' ? w.policy : byPolicy(e) ? `${e.by} (${w.policy})` : e.itself ? w.itself : e.by;

/* What a role does that the policy plays, and how late. */
function does(r: Play['played'][number], w: Play['words']): string {
	const all: [string | undefined, number | null][] = [[w.acknowledges, r.acknowledges_ms], [w.contains, r.contains_ms], [w.begins, r.begins_ms], [w.answers, r.answers_ms], [w.approves, r.approves_ms], [w.refuses, r.refuses_ms]];
	return [r.policy ? w.policy : w.by_people, ...all.flatMap(([what, ms]) => ms === null ? [] : [`${what} ${clock(ms)}`])].join(', ');
}

/* At the end: what decisions prevented, and the story as it would have gone beside the one that was played. */
function Worth({ is, w }: { is: NonNullable<Play['worth']>; w: Play['words'] }): JSX.Element {
	const away = (ms: number) => ms ? `${w.lost} ${span(ms)}` : w.not_hit;
	return (
		<Section title={w.worth!}>
			<ul class="list">
				{is.decisions.map((d) => (
					<li key={d.branch}>
						{clock(d.played_ms)} <b>{d.by || w.itself}</b> {d.policy && `(${w.policy})`} {w[d.decided]} {d.of}{colon()}{d.note}
						<p>{w.saves}{colon()}<b>{d.saved_ms === null ? w.unsaid : span(d.saved_ms)}</b></p>
						{d.prevented.map((s) => <p key={s.step} class="quiet">{w.prevented}{colon()}{s.note}</p>)}
					</li>
				))}
			</ul>
			{is.without_ms !== null && (
				<table class="table">
					<thead><tr><th scope="col">{w.service}</th><th scope="col">{w.without}</th><th scope="col">{w.as_played}</th></tr></thead>
					<tbody>{[...is.services, { service: '', name: w.care, without_ms: is.without_ms, played_ms: is.played_ms }].map((s) => (
						<tr key={s.service}><th scope="row">{s.name}</th><td data-label={w.without}>{away(s.without_ms)}</td><td data-label={w.as_played}>{away(s.played_ms)}</td></tr>
					))}</tbody>
				</table>
			)}
		</Section>
	);
}

export function ExerciseView(): JSX.Element {
	const [x, set] = useState<Play>();
	const [problem, fail] = useState<Problem | null>(null);
	const [note, write] = useState('');
	const [told, tell] = useState({ of: '', text: '' });
	const load = () => get<Play>('/exercise').then((p) => { set(p); fail(null); }, fail);
	const [dialog, ask] = useAsk(load);
	useEffect(() => {
		load();
		const every = setInterval(load, 2000);
		return () => clearInterval(every);
	}, []);
	if (!x) return problem ? <Failed problem={problem} retry={load} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const w = x.words, next = x.steps.find((s) => s.fate === 'waits');
	const lead = (subject: string, args = {}, text = '') => decide({ kind: 'lead', subject, text, args }).then(load, fail);
	const Act = ({ is, of, off }: { is: string; of?: string | undefined; off?: boolean }) => (
		<button type="button" class="button small" disabled={off || x.ended} onClick={() => lead(is, of ? { of } : {})}>{w[is]}</button>
	);
	return (
		<div class="page">
			<h1>{x.title}</h1>
			<p role="status"><b>{clock(x.played_ms)}</b> {w[x.ended ? 'ended' : x.paused ? 'paused' : 'goes']}{x.films && <span class="quiet"> {w.films}</span>}</p>
			<ProblemNote problem={problem} />
			<p class="buttons">
				<Act is={x.paused ? 'resume' : 'pause'} off={x.films && x.played_ms >= 0 && !x.paused} />
				<Act is="next" off={x.films || !next} /><Act is="skip" of={next && String(next.step)} off={!next} /><Act is="repeat" />
				<button type="button" class="button small danger" disabled={x.ended} onClick={() => ask({ decision: { kind: 'lead', subject: 'end' }, title: w.sure!, yes: w.end!, grave: true, reason: 'none' })}>{w.end}</button>
			</p>
			{x.worth && x.worth.decisions.length > 0 && <Worth is={x.worth} w={w} />}
			<div class="ex">
				<div>
					<Section title={w.truth!}><Truth is={x.truth} w={w} /></Section>
					<Section title={w.timeline!}>
						<ol class="list">
							{x.steps.map((s) => <li key={s.step} aria-current={s === next ? 'step' : undefined}>{clock(s.at_ms)} {s === next ? <b>{s.note}</b> : s.note} <span class="quiet">{w[s.fate]}</span>
								{s.signs.map((g, i) => <p key={i} class="quiet">{g.threat} – {g.on}{colon()}{g.visible ? <Is due={g} w={w} seen={w.after} /> : w.invisible}</p>)}
							</li>)}
						</ol>
						{x.expected.length > 0 && <p><b>{w.expected}</b></p>}
						<ul class="list">{x.expected.map((r) => <li key={r.role}>{r.name}{colon()}<Is due={r} w={w} seen={w.told_after} /></li>)}</ul>
						{x.response && <p><b>{w.response}</b>{colon()}{x.response}</p>}
					</Section>
					<Section title={w.branches!}>
						<ul class="list">
							{x.branches.map((b) => (
								<li key={b.id}>
									{b.note} <span class="quiet">({w[b.way === 'open' && b.met ? 'met' : b.way]}, {clock(b.before_ms)})</span>{' '}
									{b.way === 'open' && !b.met && <button type="button" class="button small" disabled={x.ended} onClick={() => lead('decide', { decided: b.decided, of: b.of })}>{w.decide}</button>}
								</li>
							))}
						</ul>
					</Section>
				</div>
				<div>
					<Section title={w.seen!}>
						{now.value?.incidents.length ? <Lines lines={now.value.incidents} /> : <p class="quiet">{w.none}</p>}
						<ul class="list">{[...new Set(x.told.map((m) => m.recipient))].map((who) => {
							const all = x.told.filter((m) => m.recipient === who);
							return <li key={who}>{moment(all.at(-1)!.time, minute.value)} {who} {all.length > 1 && <span class="quiet">×{all.length}</span>} {all.some((m) => m.acknowledged) && <span class="quiet">{w.acknowledged}{all.some((m) => m.policy) && ` (${w.policy})`}</span>}</li>;
						})}</ul>
					</Section>
					{x.played.length > 0 && (
						<Section title={w.played_by!}>
							<ul class="list">{x.played.map((r) => <li key={r.role}><b>{r.name}</b>{colon()}{does(r, w)}</li>)}</ul>
						</Section>
					)}
					<Section title={w.injects!}>
						<ul class="list">
							{x.injects.map((i) => (
								<li key={i.id}>
									<b>{i.title}</b> <Act is="inject" of={i.id} /> {i.brought > 0 && <span class="quiet">×{i.brought}</span>}
									{i.text.map((m) => <p key={m.name} class="quiet">{m.name}{colon()}{m.text}</p>)}
								</li>
							))}
						</ul>
					</Section>
					<Section title={w.messages!}>
						<form onSubmit={(e) => { e.preventDefault(); lead('say', told.of ? { of: told.of } : {}, told.text); tell({ ...told, text: '' }); }}>
							<label class="field"><span>{w.to}</span>
								<select value={told.of} onChange={(e) => tell({ ...told, of: e.currentTarget.value })}>
									<option value="">{w.all}</option>
									{x.roles.map((r) => <option key={r.id} value={r.id}>{r.name}</option>)}
								</select>
							</label>
							<label class="field"><span>{w.message}</span><textarea rows={2} maxLength={1900} required value={told.text} onInput={(e) => tell({ ...told, text: e.currentTarget.value })} /></label>
							<button type="submit" class="button small" disabled={x.ended}>{w.send}</button>
						</form>
						<ol class="list">
							{[...x.messages].reverse().map((m) => (
								<li key={m.id}>
									{m.to.map((i) => <p key={i.role}>{clock(m.played_ms)} <b>{i.name || w.all}</b>{colon()}{i.text}</p>)}
									<p class="quiet">{m.seen.length ? m.seen.map((s) => `${w.was_seen} ${clock(s.played_ms)} ${s.name} (${s.by})`).join(' · ') : w.unseen}</p>
								</li>
							))}
						</ol>
					</Section>
					<Section title={w.log!}>
						<form onSubmit={(e) => { e.preventDefault(); lead('note', {}, note); write(''); }}>
							<label class="field"><span>{w.note}</span><textarea rows={2} maxLength={1900} required value={note} onInput={(e) => write(e.currentTarget.value)} /></label>
							<button type="submit" class="button small">{w.keep}</button>
						</form>
						<ol class="list">
							{x.log.filter((e) => e.what !== 'step').reverse().map((e, i) => (
								<li key={x.log.length - i}>{clock(e.played_ms)} {w[`was_${e.what}`]} {[e.inject, e.branch, e.what === 'branch' && w[e.taken ? 'taken' : 'not-taken'], e.decided && w[e.decided], e.of, e.note, !byPolicy(e) && e.text].filter(Boolean).join(' · ')} <span class="quiet">{by(e, w)}</span></li>
							))}
						</ol>
					</Section>
				</div>
			</div>
			{dialog}
		</div>
	);
}
