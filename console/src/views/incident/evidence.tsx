/* Clips and photos of the incident, and suspicious files. They come sealed, after the reason is on the ledger, and are opened
 * here with the evidence key, which the person chooses from a file; key and picture are forgotten with
 * the page, and when the post is locked. A file is only saved, in a ZIP: nothing here shows it. */
import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { bytes, Problem, send } from '../../api';
import { clockSeconds, moment } from '../../format';
import { named, t } from '../../i18n';
import { Icon } from '../../icons';
import { ProblemNote } from '../../problem';
import { locked, may, minute, useLive } from '../../state';
import { Section } from '../parts';

export interface Item {
	id: string; kind: 'clip' | 'photo' | 'file'; camera_name: string | null; from: string | null; to: string | null;
	made: string | null; expires: string | null; erased: string | null; bytes: number | null; state: 'kept' | 'erased' | 'none'; why: string | null;
	held?: string | null; found?: { name: string | null } | null; /* of files */
}
const TYPE = { clip: 'video/mp4', photo: 'image/jpeg', file: 'application/octet-stream' } as const;

const nameOf = (x: Item): string => x.found?.name ?? x.camera_name ?? t(x.kind === 'file' ? 'ev.file' : 'ev.photo');
function toldOf(x: Item): string {
	if (x.state === 'none') return t('ev.none', { why: x.why ?? '' });
	if (x.state === 'erased') return t('ev.erased', { t: x.erased ? moment(x.erased, minute.value) : '' });
	if (x.held) return t('ev.held', { t: moment(x.held, minute.value) });
	return x.expires ? t('ev.kept', { t: moment(x.expires, minute.value) }) : '';
}
/* A camera's: from when to when; a photo, a file: when it came. */
function timeOf(x: Item): string {
	if (!x.from || !x.to) return '';
	return x.kind !== 'clip' ? moment(x.from, minute.value) : `${clockSeconds(x.from)}–${clockSeconds(x.to)}`;
}

interface Keys { key: Uint8Array | null }

/* Asks for the reason, and for the key where it is not here yet; then fetches and opens it. */
function Look({ of, incident, keys, done }: { of: Item; incident: string; keys: Keys; done: (b: Blob | null) => void }): JSX.Element {
	const dialog = useRef<HTMLDialogElement>(null);
	const stop = useRef(new AbortController());
	const id = useId();
	const [reason, setReason] = useState('');
	const [file, setFile] = useState<File | null>(null);
	const [percent, setPercent] = useState(-1);
	const [wrong, setWrong] = useState('');
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		dialog.current?.showModal();
		return () => stop.current.abort();
	}, []);

	const show = async (): Promise<void> => {
		const s = await import('../../sealed');
		const key = keys.key ?? s.readKey(file && file.size < 256 ? await file.text() : '');
		if (!key) {
			setWrong(t('ev.no_key'));
			return;
		}
		try {
			const r = await send<{ reading: string; bytes: number }>('POST', `/evidence/${of.id}/reading`, { id: crypto.randomUUID(), ...(incident ? { incident } : {}), reason });
			const body = await bytes(`/evidence/${of.id}/sealed?reading=${r.reading}`, stop.current.signal);
			let blob = await s.open(body, key, { id: of.id, type: TYPE[of.kind] }, (n) => setPercent(Math.floor(100 * n / r.bytes)));
			if (of.kind === 'file') blob = (await import('../../zip')).zipped(`${of.id}.bin`, new Uint8Array(await blob.arrayBuffer()));
			keys.key = key;
			done(blob);
		} catch (e) {
			stop.current.abort(); /* of what is not to be opened no more comes */
			stop.current = new AbortController();
			if (e instanceof Problem) setProblem(e);
			else if (e instanceof s.Sealed) setWrong(named('flaw', e.flaw));
			else throw e;
		}
	};
	const submit = (e: Event): void => {
		e.preventDefault();
		setWrong('');
		setProblem(null);
		setPercent(0);
		void show().finally(() => setPercent(-1));
	};
	return (
		<dialog ref={dialog} class="ask" aria-labelledby={id} onClose={() => done(null)}>
			<form onSubmit={submit}>
				<h2 id={id}>{t('ev.ask', { what: nameOf(of) })}</h2>
				<p>{t(of.kind === 'file' ? 'ev.file_says' : 'ev.says')}</p>
				<label class="field">
					<span>{t('v.reason_must')}</span>
					<textarea rows={2} maxLength={1900} required value={reason} onInput={(e) => setReason(e.currentTarget.value)} />
				</label>
				{!keys.key && (
					<label class="field">
						<span>{t('ev.key')}</span>
						<input type="file" required onChange={(e) => setFile(e.currentTarget.files?.[0] ?? null)} />
						<small class="quiet">{t('ev.key_says')}</small>
					</label>
				)}
				<ProblemNote problem={problem} acting />
				{wrong && <p class="problem" role="alert">{wrong}</p>}
				<p role="status">{percent >= 0 && t('ev.comes', { n: percent })}</p>
				<div class="buttons">
					<button type="submit" class="button primary" disabled={percent >= 0}>{t(of.kind === 'file' ? 'ev.get' : 'ev.show')}</button>
					<button type="button" class="button" onClick={() => dialog.current?.close()}>{t('v.cancel')}</button>
				</div>
			</form>
		</dialog>
	);
}

/* What is kept, each to be looked at. incident: of which they are; empty: of reports, or of none. more: said of each. */
export function Pictures({ items, incident, more }: { items: readonly Item[]; incident: string; more?: (x: Item) => JSX.Element }): JSX.Element {
	const [asked, ask] = useState<Item | null>(null);
	const [open, setOpen] = useState<{ of: string; url: string } | null>(null);
	const keys = useRef<Keys>({ key: null });
	const url = useRef('');
	const close = (): void => {
		if (url.current) URL.revokeObjectURL(url.current);
		url.current = '';
		setOpen(null);
	};
	const forget = (): void => {
		keys.current.key?.fill(0);
		keys.current = { key: null };
		ask(null);
		close();
	};
	useEffect(() => { if (locked.value) forget(); }, [locked.value]);
	useEffect(() => forget, [incident]);
	const done = (b: Blob | null): void => {
		const of = asked;
		ask(null);
		if (!b || !of) return;
		close();
		url.current = URL.createObjectURL(b);
		setOpen({ of: of.id, url: url.current });
	};
	return (
		<>
			<ul class="list">
				{items.map((x) => (
					<li key={x.id}>
						<p class="evidence-of">
							<Icon name={x.kind === 'file' ? 'report' : 'camera'} />
							<span><strong>{nameOf(x)}</strong> {timeOf(x)} <span class="quiet">{toldOf(x)}</span></span>
							{open?.of === x.id && x.kind === 'file' && <a class="button primary no-print" href={open.url} download={`${x.id}.zip`}>{t('ev.save', { name: `${x.id.slice(0, 8)}….zip` })}</a>}
							{x.state === 'kept' && may('see.evidence') && (open?.of === x.id
								? <button type="button" class="button no-print" onClick={close}>{t('ev.close')}</button>
								: <button type="button" class="button no-print" onClick={() => ask(x)}>{t(x.kind === 'file' ? 'ev.get' : 'ev.look')}</button>)}
						</p>
						{more?.(x)}
						{open?.of === x.id && x.kind !== 'file' && (x.kind === 'clip'
							? <video class="no-print" src={open.url} controls autoplay muted loop playsInline aria-label={nameOf(x)} />
							: <img class="no-print" src={open.url} alt={nameOf(x)} />)}
					</li>
				))}
			</ul>
			{asked && <Look of={asked} incident={incident} keys={keys.current} done={done} />}
		</>
	);
}

export function Evidence({ id }: { id: string }): JSX.Element | null {
	const { data } = useLive<{ items: Item[] }>(may('see.evidence') ? `/incidents/${encodeURIComponent(id)}/evidence` : null, (c) => c.kind === 'clip');
	if (!data?.items.length) return null;
	const files = data.items.filter((x) => x.kind === 'file'), seen = data.items.filter((x) => x.kind !== 'file');
	return (
		<>
			{seen.length > 0 && <Section title={t('ev.title')} class="evidence">
				<Pictures items={seen} incident={id} />
				<p class="only-print">{t('ev.unprinted')}</p>
			</Section>}
			{files.length > 0 && <Section title={t('view.kept')} class="evidence">
				<Pictures items={files} incident={id} />
				<p class="no-print"><a href="/kept">{t('kp.more')}</a></p>
			</Section>}
		</>
	);
}
