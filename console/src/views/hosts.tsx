/* Hosts that were seen and are in no list: what is believed of each and why; taken into the directory as a change
 * that is shown first, or set aside for good with a reason. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, Problem } from '../api';
import { Proposal, propose, type Proposed } from '../config';
import { colon, t, type Key } from '../i18n';
import { ProblemNote } from '../problem';
import { may, useLive } from '../state';
import type { Named } from '../types';
import { useAsk } from './parts';
import { Sheet } from './prevention/seen';
import type { Candidates } from './prevention/types';
import './know.css';

type Found = Candidates['items'][number];
type Line = Record<string, string>;

const FILE = 'assets-seen.csv';
const ASKED: [string, Key][] = [['id', 'asset.id'], ['name', 'kn.name'], ['class', 'asset.class'], ['room', 'kn.room']];

/* One line of a table (RFC 4180), and back. */
const cells = (line: string): string[] => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? '');
const cell = (x: string): string => (/[",\n]/.test(x) ? `"${x.replaceAll('"', '""')}"` : x);

/* The file with these lines behind those that it has. */
async function withLines(columns: string, lines: readonly Line[]): Promise<string> {
	const { files } = await get<{ files: { path: string }[] }>('/config');
	const text = files.some((f) => f.path === FILE) ? (await get<{ text: string }>(`/config/files/${FILE}`)).text : `${columns}\n`;
	const has = cells(text.split('\n', 1)[0]!.trim());
	return `${text.trimEnd()}\n${lines.map((l) => `${has.map((c) => cell(l[c] ?? '')).join(',')}\n`).join('')}`;
}

function Form({ line, places, set }: { line: Line; places: readonly Named[]; set: (l: Line) => void }): JSX.Element {
	return (
		<div class="host-form">
			{ASKED.map(([key, label]) => (
				<label class="field" key={key}><span>{t(label)}</span>
					{key === 'room' ? (
						<select value={line.room} onChange={(e) => set({ ...line, room: e.currentTarget.value })}>
							<option value="">–</option>
							{places.map((p) => <option key={p.id} value={p.id}>{p.name}</option>)}
						</select>
					) : <input value={line[key]} maxLength={200} spellcheck={false} onInput={(e) => set({ ...line, [key]: e.currentTarget.value })} />}
				</label>
			))}
		</div>
	);
}

function Host({ h, children }: { h: Found; children: JSX.Element | false }): JSX.Element {
	return (
		<li>
			<details>
				<summary><b>{h.name || h.what || h.key}</b> <span class="quiet">{h.addresses.join(', ')}</span></summary>
				<Sheet of={h} />
				{children || <code class="one-line">{h.line}</code>}
			</details>
		</li>
	);
}

export function NewHosts(): JSX.Element | null {
	const { data, reload } = useLive<Candidates>('/candidates', () => false);
	const aside = useLive<{ items: { key: string; why: string; role: string }[] }>('/candidates/aside', (c) => c.kind === 'decision');
	const [picked, pick] = useState<Record<string, Line>>({});
	const [places, setPlaces] = useState<Named[]>([]);
	const [made, setMade] = useState<Proposed | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [dialog, ask] = useAsk(aside.reload);
	const change = may('configure');
	useEffect(() => {
		if (change && data?.total) get<{ places: Named[] }>('/model').then((m) => setPlaces(m.places), () => {});
	}, [change, !data?.total]);
	if (!data || (!data.total && !aside.data?.items.length)) return null;
	const out = new Map(aside.data?.items.map((x) => [x.key, x]));
	const items = data.items.filter((h) => !out.has(h.key));
	const chosen = Object.values(picked);
	const say = (h: { key: string; name: string }, is: 'aside' | 'open'): void => ask({
		decision: { kind: 'candidate', subject: h.key, args: { is } }, reason: 'must',
		title: `${h.name}${colon()}${t(is === 'aside' ? 'kn.aside' : 'kn.again')}`, yes: t(is === 'aside' ? 'kn.aside' : 'kn.again'),
	});
	const show = async (): Promise<void> => {
		setProblem(null);
		try {
			setMade(await propose(t('kn.why', { n: chosen.length }), [{ path: FILE, text: await withLines(data.columns, chosen) }]));
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setProblem(e);
		}
	};
	const choose = (h: Found, on: boolean): void => pick(({ [h.key]: _, ...rest }) => {
		const values = cells(h.line);
		return on ? { ...rest, [h.key]: Object.fromEntries(data.columns.split(',').map((c, i) => [c, values[i] ?? ''])) } : rest;
	});
	return (
		<details class="part">
			<summary>{t('seen.new', { n: data.total - (data.items.length - items.length) })}</summary>
			{!change && <p class="quiet">{data.how} <code>{data.columns}</code></p>}
			<ul class="list hosts">
				{items.map((h) => (
					<Host key={h.key} h={h}>
						{change && (
							<>
								<label class="check"><input type="checkbox" checked={!!picked[h.key]} onChange={(e) => choose(h, e.currentTarget.checked)} />{t('kn.take')}</label>
								{picked[h.key] && <Form line={picked[h.key]!} places={places} set={(l) => pick((p) => ({ ...p, [h.key]: l }))} />}
								<div class="buttons"><button type="button" class="button" onClick={() => say({ key: h.key, name: h.name || h.key }, 'aside')}>{t('kn.aside')}</button></div>
							</>
						)}
					</Host>
				))}
			</ul>
			{chosen.length > 0 && !made && <div class="buttons"><button type="button" class="button primary" onClick={() => void show()}>{t('kn.propose', { n: chosen.length })}</button></div>}
			<ProblemNote problem={problem} />
			{made && <Proposal proposed={made} done={(taken) => { setMade(null); if (taken) { pick({}); reload(); } }} />}
			{out.size > 0 && (
				<details>
					<summary>{t('kn.asides', { n: out.size })}</summary>
					<ul class="list">{[...out.values()].map((x) => (
						<li key={x.key}><code>{x.key}</code> <span class="quiet">{x.why} ({x.role})</span> {change && <button type="button" class="button" onClick={() => say({ key: x.key, name: x.key }, 'open')}>{t('kn.again')}</button>}</li>
					))}</ul>
				</details>
			)}
			{dialog}
		</details>
	);
}
