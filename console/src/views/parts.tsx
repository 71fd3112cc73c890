/* What several views are made of. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { decide, Problem, type Decision } from '../api';
import { moment, until } from '../format';
import { colon, named, t } from '../i18n';
import { LevelTag } from '../icons';
import { ProblemNote } from '../problem';
import { may, minute, session } from '../state';
import { offerUndo } from '../undo';
import type { Line, Named } from '../types';
import type { Likely, Question } from './types';

/* Pages about persons, law and evidence, from one to the others: those that the reader may see. */
const BESIDE = [['/privacy', 'see.audit', 'view.privacy'], ['/processing', 'see.audit', 'view.processing'], ['/notices', 'see.audit', 'view.notices'],
	['/persons', 'answer.law', 'view.persons'], ['/proof', 'see.proof', 'view.proof']] as const;
export const Beside = ({ at }: { at: string }): JSX.Element => (
	<nav class="crumb no-print" aria-label={t('view.privacy')}>
		{BESIDE.filter(([path, right]) => path !== at && may(right)).map(([path, , name], i) => <span key={path}>{i > 0 && ' · '}<a href={path}>{t(name)}</a></span>)}
	</nav>
);

export function Section({ title, aside, class: name, children }: {
	title: string; aside?: ComponentChildren; class?: string; children: ComponentChildren;
}): JSX.Element {
	const id = useId();
	return (
		<section class={`part ${name ?? ''}`} aria-labelledby={id}>
			<div class="part-head"><h2 id={id}>{title}</h2>{aside}</div>
			{children}
		</section>
	);
}

/* What could not be read, and the way to try again. */
export function Failed({ problem, retry }: { problem: Problem; retry: () => void }): JSX.Element {
	return (
		<div class="empty">
			<ProblemNote problem={problem} />
			<p><button type="button" class="button" onClick={retry}>{t('v.again')}</button></p>
		</div>
	);
}

/* What the reader's own roles do first, where the first step is another's. */
export function ownStep(line: Line): { role: string; text: string } | null {
	const mine = new Set(session.value?.roles.map((r) => r.id));
	return line.first_step && mine.has(line.first_step.role) ? null : line.steps.find((s) => mine.has(s.role)) ?? null;
}

/* How likely, by a word and a pattern: more of it is filled where more is sure. */
export function LikelyTag({ likely, range }: { likely: Likely; range?: [number, number] }): JSX.Element {
	const percent = range && `${Math.round(range[0] * 100)}–${Math.round(range[1] * 100)} %`;
	return (
		<span class="likely">
			<svg class="likely-mark" viewBox="0 0 24 12" aria-hidden="true" focusable="false">
				<rect class="likely-frame" x="0.5" y="0.5" width="23" height="11" />
				<rect class={`bar bar-${likely}`} x="1" y="1" width="22" height="10" />
			</svg>
			{named('likely', likely)}{percent && <span class="quiet"> {percent}</span>}
		</span>
	);
}

/* Patterns of bars, once in a page: SVG cannot take them from a style sheet. */
export function Patterns(): JSX.Element {
	return (
		<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">
			<defs>
				<pattern id="bar-possible" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
					<rect class="bar-line" width="3" height="6" />
				</pattern>
				<pattern id="bar-open" width="5" height="5" patternUnits="userSpaceOnUse">
					<rect class="bar-line" width="2" height="2" />
				</pattern>
			</defs>
		</svg>
	);
}

/* Incidents as a list of links, each with its level and its sentence. */
export function Lines({ lines }: { lines: readonly Line[] }): JSX.Element {
	return (
		<ul class="lines">
			{lines.map((l) => (
				<li key={l.id}>
					<a href={`/incidents/${l.id}`}>
						<LevelTag level={l.level} />
						<span class="lines-what">{l.sentence}</span>
						<span class="quiet">{named('state', l.state)}, {moment(l.last, minute.value)}</span>
					</a>
				</li>
			))}
		</ul>
	);
}

export const when = (at: string): string => `${moment(at, minute.value)}, ${until(at, minute.value)}`;

/* device.computer.server: what the ontology calls it, the general first. */
export const classText = (id: string): string => id.split('.').slice(-2).join(' › ').replaceAll('-', ' ');

/* --- Decisions --- */

export interface Asked {
	decision: Decision;
	title: string; /* what is asked, as a question */
	text?: ComponentChildren;
	yes: string; /* what the button says */
	grave?: boolean;
	reason?: 'may' | 'must' | 'none';
	label?: string; /* of the reason, which then stands first */
	value?: string; /* what it begins with */
	code?: boolean; /* a one-time code proves it */
	questions?: readonly Question[]; /* answered with it */
	args?: (values: Record<string, string>) => Record<string, unknown>; /* what of the answers is sent; without it all that are not empty */
	arg?: { key: string; label: string; options: readonly Named[]; many?: boolean }; /* chosen of these */
	each?: readonly Named[]; /* of each of these one decision, in the place of its subject */
	also?: (text: string) => Decision[]; /* then these */
	undo?: (d: Decision) => Decision | null; /* what takes it back */
	answered?: (answer: unknown) => void; /* what came of it */
	roles?: readonly Named[]; /* in which of them it is decided, where one is not as another */
}

const told = (values: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(values).filter(([, v]) => v !== ''));

function Several({ q, set }: { q: Question; set: (v: string) => void }): JSX.Element {
	const on = useRef(new Set<string>());
	return (
		<fieldset class="choices">
			<legend>{q.text}</legend>
			{q.choices?.map(([value, word]) => (
				<label class="check" key={value}>
					<input type="checkbox" onChange={(e) => {
						if (e.currentTarget.checked) on.current.add(value);
						else on.current.delete(value);
						set([...on.current].join(' '));
					}} />{word}
				</label>
			))}
		</fieldset>
	);
}

/* One value that the decision needs: yes or no, or words. */
function Answer({ q, set }: { q: Question; set: (v: string) => void }): JSX.Element {
	const choices = q.type === 'bool' ? [['true', t('v.yes')], ['false', t('v.no')]] as const : q.choices;
	if (q.several) return <Several q={q} set={set} />;
	return (
		<label class="field">
			<span>{q.text}</span>
			{choices ? (
				<select required={!q.may} onChange={(e) => set(e.currentTarget.value)}>
					{q.value === undefined && <option value="">{q.may ? '–' : ''}</option>}
					{choices.map(([value, word]) => <option key={value} value={value} selected={value === q.value}>{word}</option>)}
				</select>
			) : q.type === 'lines' ? <textarea rows={2} maxLength={1900} required={!q.may} onInput={(e) => set(e.currentTarget.value)} />
				: <input type={q.type === 'time' ? 'datetime-local' : q.type === 'date' ? 'date' : 'text'} required={!q.may} maxLength={500} inputMode={q.type === 'integer' ? 'numeric' : undefined} value={q.value}
				pattern={q.type === 'integer' ? '[0-9]{1,6}' : undefined} onInput={(e) => set(e.currentTarget.value)} />}
		</label>
	);
}

/* One of some things, or several. */
function Choice({ arg, picked, set }: { arg: NonNullable<Asked['arg']>; picked: readonly string[]; set: (ids: string[]) => void }): JSX.Element {
	if (!arg.many)
		return (
			<label class="field">
				<span>{arg.label}</span>
				<select required value={picked[0] ?? ''} onChange={(e) => set([e.currentTarget.value])}>
					<option value="" />
					{arg.options.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
				</select>
			</label>
		);
	return (
		<fieldset class="tune">
			<legend>{arg.label}</legend>
			{arg.options.map((o) => (
				<label key={o.id} class="check">
					<input type="checkbox" checked={picked.includes(o.id)}
						onChange={(e) => set(e.currentTarget.checked ? [...picked, o.id] : picked.filter((x) => x !== o.id))} />
					<span>{o.name}</span>
				</label>
			))}
		</fieldset>
	);
}

/* Asks for the reason (and the code) of one decision, and sends it. */
export function AskDialog({ asked, done }: { asked: Asked; done: (sent: boolean) => void }): JSX.Element {
	const dialog = useRef<HTMLDialogElement>(null);
	const id = useId();
	const keys = useRef(new Map<string, string>());
	const taken = useRef<Decision[]>([]);
	const [failed, setFailed] = useState<string[]>([]);
	const [picked, pick] = useState<string[]>([]);
	const [text, setText] = useState(asked.value ?? '');
	const [code, setCode] = useState('');
	const [role, setRole] = useState(asked.decision.role ?? asked.roles?.[0]?.id);
	const values = useRef(Object.fromEntries((asked.questions ?? []).filter((q) => q.value !== undefined).map((q) => [q.name, q.value!])));
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => dialog.current?.showModal(), []);

	/* All that is to be said, in order. */
	const all = (): Decision[] => {
		const { about, ...rest } = values.current; /* an answer that says of what */
		const args = {
			...asked.decision.args, ...(asked.questions?.length ? (asked.args ?? told)(rest) : {}),
			...(asked.arg ? { [asked.arg.key]: asked.arg.many ? picked : picked[0] } : {}),
		};
		const one = {
			...asked.decision, ...(about ? { subject: about } : {}), ...(role ? { role } : {}), ...(text.trim() ? { text: text.trim() } : {}),
			...(Object.keys(args).length ? { args } : {}), ...(asked.code ? { proof: code.replace(/\s/g, '') } : {}),
		};
		const each = asked.each?.map((s) => ({ ...one, subject: s.id })) ?? [one];
		return [...each, ...(asked.also?.(text.trim()) ?? [])];
	};
	const nameOf = (d: Decision): string => asked.each?.find((s) => s.id === d.subject)?.name ?? asked.title;

	/* Answered: the next try is another decision. Not answered: it may have arrived, and is the same one. */
	const say = async (d: Decision): Promise<Problem | null> => {
		const what = JSON.stringify({ ...d, proof: '' });
		if (taken.current.some((x) => JSON.stringify({ ...x, proof: '' }) === what)) return null;
		const key = keys.current.get(what) ?? crypto.randomUUID();
		keys.current.set(what, key);
		try {
			const { answer } = await decide(d, key);
			asked.answered?.(answer);
			taken.current.push(d);
			return null;
		} catch (err) {
			if (!(err instanceof Problem)) throw err;
			if (err.status) keys.current.delete(what);
			return err;
		}
	};

	const submit = async (e: Event) => {
		e.preventDefault();
		if (asked.arg?.many && !picked.length) return;
		setBusy(true);
		setProblem(null);
		setFailed([]);
		const wrong: string[] = [];
		let last: Problem | null = null;
		for (const d of all()) {
			const p = await say(d);
			if (!p) continue;
			last = p;
			wrong.push(`${nameOf(d)}${colon()}${p.detail || p.title}`);
			if (!p.status) break; /* no link: it is the same for the others */
		}
		if (!last) {
			offerUndo(asked.title, taken.current.flatMap((d) => asked.undo?.(d) ?? []));
			done(true);
			return;
		}
		setProblem(last);
		setFailed(asked.each ? wrong : []);
		setBusy(false);
	};
	const reason = asked.reason ?? 'may';
	const questions = asked.questions?.map((q) => <Answer key={q.name} q={q} set={(v) => { values.current[q.name] = v; }} />);
	return (
		<dialog ref={dialog} class="ask" aria-labelledby={`${id}t`} onClose={() => done(false)}>
			<form onSubmit={submit}>
				<h2 id={`${id}t`}>{asked.title}</h2>
				{asked.text && <div class="ask-text">{asked.text}</div>}
				{asked.arg && <Choice arg={asked.arg} picked={picked} set={pick} />}
				{!asked.label && questions}
				{(asked.roles?.length ?? 0) > 1 && (
					<label class="field">
						<span>{t('v.role')}</span>
						<select value={role} onChange={(e) => setRole(e.currentTarget.value)}>
							{asked.roles!.map((r) => <option key={r.id} value={r.id}>{r.name}</option>)}
						</select>
					</label>
				)}
				{reason !== 'none' && (
					<label class="field">
						<span>{asked.label ?? t(reason === 'must' ? 'v.reason_must' : 'v.reason')}</span>
						<textarea rows={3} maxLength={1900} required={reason === 'must'} value={text}
							onInput={(e) => setText(e.currentTarget.value)} />
					</label>
				)}
				{asked.label && questions}
				{asked.code && (
					<label class="field">
						<span>{t('v.code')}</span>
						<input inputMode="numeric" autocomplete="one-time-code" required pattern="[0-9 ]{6,9}" maxLength={9}
							value={code} onInput={(e) => setCode(e.currentTarget.value)} />
						{session.value?.hospital.exercise && <small>{t('v.code_played', { person: session.value.person.id })}</small>}
					</label>
				)}
				<ProblemNote problem={problem} acting />
				{failed.length > 0 && <ul class="list">{failed.map((f) => <li key={f} class="warned">{f}</li>)}</ul>}
				<div class="buttons">
					<button type="submit" class={asked.grave ? 'button danger' : 'button primary'} disabled={busy}>{asked.yes}</button>
					<button type="button" class="button" onClick={() => dialog.current?.close()}>{t('v.cancel')}</button>
				</div>
			</form>
		</dialog>
	);
}

/* One dialog at a time: ask(…) opens it; `after` is called when a decision was taken. */
export function useAsk(after: () => void): [JSX.Element | null, (a: Asked) => void] {
	const [asked, set] = useState<Asked | null>(null);
	const done = (sent: boolean) => {
		set(null);
		if (sent) after();
	};
	return [asked && <AskDialog asked={asked} done={done} />, set];
}
