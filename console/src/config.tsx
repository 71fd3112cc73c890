/* Changes of the hospital's directory: proposed, checked by the server, shown as what they change, and taken by who proves
 * that it is them. Whoever proposes something (`propose`) shows it with <Proposal>. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, Problem, send } from './api';
import { t } from './i18n';
import { approvedOf, Items, sameTicks, type ImportAsk, type Imported } from './imported';
import { ProblemNote } from './problem';
import './config.css';

export interface ConfigFile { path: string; text: string | null } /* null: it is removed */
export interface Finding { file: string; line: number; text: string; known?: boolean }
export interface Hunk { from: number; to: number; lines: { sign: ' ' | '+' | '-'; text: string }[] }
export interface FileDiff { path: string; what: 'added' | 'changed' | 'removed'; hunks: Hunk[]; cut?: boolean }
export interface Proposed {
	id: string; base: number; restarts: boolean;
	errors: Finding[]; warnings: Finding[]; files: FileDiff[]; import?: Imported;
}
export type Change = readonly ConfigFile[] | { back: number } | { import: ImportAsk };

/* Nothing is taken by it. base: of which version it is made; without it of the last. */
export async function propose(why: string, change: Change, base?: number): Promise<Proposed> {
	const of = base ?? (await get<{ version: number }>('/config')).version;
	return send<Proposed>('POST', '/config/proposals', { why, base: of, ...(Array.isArray(change) ? { files: change } : change) });
}

export async function dropProposal(p: Proposed): Promise<void> {
	await send('DELETE', `/config/proposals/${p.id}`).catch(() => {}); /* it ends by itself, too */
}

/* The same, with what is ticked of it alone. */
export const accepting = (c: Change, accept: readonly string[]): Change => 'import' in c ? { import: { ...c.import, accept } } : c;

/* Ward is there again, with this version. */
async function runsWith(version: number, here: () => boolean): Promise<void> {
	while (here()) {
		await new Promise((done) => setTimeout(done, 1000));
		try {
			const now = await get<{ version: number; begins: boolean }>('/config');
			if (now.version >= version && !now.begins) return;
		} catch (e) {
			if (!(e instanceof Problem)) throw e; /* it is just beginning */
		}
	}
}

const SIGNS = { ' ': '', '+': 'in', '-': 'out' } as const;
const NAMES = { ' ': '', '+': '+ ', '-': '− ' } as const;

/* What would hide, or turn the direction of what is read, is shown as what it is: whoever takes a change sees all of it. */
const UNSEEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const plainly = (s: string): string => s.replace(UNSEEN, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`);

export function Diff({ files }: { files: readonly FileDiff[] }): JSX.Element {
	if (!files.length) return <p class="quiet">{t('cf.same')}</p>;
	return (
		<>
			{files.map((f) => (
				<details key={f.path} class="diff" open={files.length < 5}>
					<summary><code>{f.path}</code> <span class="quiet">{t(`cf.${f.what}`)}</span></summary>
					<div class="diff-lines" role="group" aria-label={f.path} tabIndex={0}>
						{f.hunks.map((h) => (
							<pre key={h.to}>
								<span class="diff-at">{t('cf.line', { n: h.to })}{'\n'}</span>
								{h.lines.map((l, i) => <span key={i} class={SIGNS[l.sign]}>{NAMES[l.sign] || '  '}{plainly(l.text)}{'\n'}</span>)}
							</pre>
						))}
					</div>
					{f.cut && <p class="quiet">{t('cf.cut')}</p>}
				</details>
			))}
		</>
	);
}

const Found = ({ found }: { found: readonly Finding[] }): JSX.Element => (
	<ul>{found.map((f, i) => <li key={i}><code>{f.file}{f.line ? `:${f.line}` : ''}</code> {plainly(f.text)}</li>)}</ul>
);

/* What the directory has already stands folded: it is not of this change. */
export function Findings({ found, level }: { found: readonly Finding[]; level: 'error' | 'warning' }): JSX.Element | null {
	const old = found.filter((f) => f.known), fresh = found.filter((f) => !f.known);
	if (!found.length) return null;
	return (
		<div class={level === 'error' ? 'problem findings' : 'findings'} role={level === 'error' ? 'alert' : undefined}>
			{fresh.length > 0 && <><h3>{t(`cf.${level}s`, { n: fresh.length })}</h3><Found found={fresh} /></>}
			{old.length > 0 && <details><summary>{t('cf.known', { n: old.length })}</summary><Found found={old} /></details>}
		</div>
	);
}

/* What was proposed: what is wrong with it, what it changes, and the button that takes it. done: taken (and Ward runs with
 * it), or left. again: of an import other things are ticked, and it is to be proposed with these. */
export function Proposal({ proposed: p, done, again }: { proposed: Proposed; done: (taken: boolean) => void; again?: (accept: readonly string[]) => void }): JSX.Element {
	const before = useMemo(() => approvedOf(p.import ?? { items: [], source: '', same: 0, relations_lost: 0, passed_over: [] }), [p.id]);
	const [ticked, tick] = useState(before);
	const other = !sameTicks(ticked, before);
	const [state, set] = useState<'shown' | 'busy' | 'begins'>('shown');
	const [problem, setProblem] = useState<Problem | null>(null);
	const here = useRef(true);
	const head = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		head.current?.focus();
		return () => { here.current = false; };
	}, [p.id]);
	const take = async () => {
		set('busy');
		setProblem(null);
		try {
			const got = await send<{ version: number; restarts: boolean }>('POST', `/config/proposals/${p.id}/take`, {});
			if (got.restarts) {
				set('begins');
				await runsWith(got.version, () => here.current);
			}
			done(true);
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			set('shown');
			setProblem(e);
		}
	};
	const leave = () => {
		void dropProposal(p);
		done(false);
	};
	return (
		<section class="part proposal" aria-labelledby={`p-${p.id}`}>
			<h2 id={`p-${p.id}`} ref={head} tabIndex={-1}>{t('cf.proposal')}</h2>
			{p.import && <Items of={p.import} ticked={ticked} set={tick} />}
			{other ? <p role="status">{t('im.other')}</p> : <>
				<Findings found={p.errors} level="error" />
				<Findings found={p.warnings} level="warning" />
				<Diff files={p.files} />
			</>}
			<ProblemNote problem={problem} acting />
			{!other && <p role="status">{state === 'begins' ? t('cf.begins') : p.errors.length ? t('cf.mend') : t(p.restarts ? 'cf.restarts' : 'cf.rules')}</p>}
			<div class="buttons">
				{other && <button type="button" class="button primary" onClick={() => again?.([...ticked])}>{t('im.again')}</button>}
				{!other && !p.errors.length && p.files.length > 0 &&
					<button type="button" class="button primary" disabled={state !== 'shown'} onClick={() => void take()}>{t('cf.take')}</button>}
				<button type="button" class="button" disabled={state !== 'shown'} onClick={leave}>{t('cf.leave')}</button>
			</div>
		</section>
	);
}
