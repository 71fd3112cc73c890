/* What the hospital has already: a file of another product, as a difference to the directory. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { useLive } from '../../state';
import type { Named } from '../../types';
import { useBook, type Book } from './book';
import { idOf, look, Table } from './csv';
import { Field, Pick } from './parts';
import { Failed } from '../parts';
import type { Place } from '../types';
import type { StepProps } from './types';

const FORMATS = ['csv', 'cyclonedx', 'netbox', 'fhir', 'brick', 'inventory'];
const KEYS = ['serial', 'host'];
const OURS: Record<string, string[]> = {
	assets: ['id', 'name', 'class', 'room', 'network', 'ip', 'mac', ...KEYS, 'vendor', 'model'], rooms: ['id', 'name', 'floor', 'class', 'zone'],
	doors: ['id', 'name', 'from', 'to', 'class'], networks: ['id', 'name', 'class', 'cidr', 'vlan', 'iface'], floors: ['id', 'name', 'building', 'level'], buildings: ['id', 'name', 'site'],
};
const LISTS = Object.keys(OURS);
const PLACES = ['site', 'building', 'floor'];
const MAX = 2 << 20;
const WORDS = 40;

/* By its name, and for JSON by what it begins with. */
function formatOf(name: string, text: string): string {
	if (/\.(ttl|n3)$/i.test(name)) return 'brick';
	if (!/\.(json|ndjson)$/i.test(name)) return 'csv';
	return /"bomFormat"/.test(text) ? 'cyclonedx' : /"resourceType"/.test(text) ? 'fhir' : 'netbox';
}

/* What whoever brings a table says of it: which of its columns is which, and what its words for kinds mean. */
interface Meaning { columns: Record<string, string>; words: Record<string, string> }

const guess = (text: string, list: string): Meaning => {
	const theirs = look(text).columns;
	return { words: {}, columns: Object.fromEntries(OURS[list]!.map((o) => [o, theirs.find((c) => c.toLowerCase() === o) ?? ''])) };
};

/* Rows of ours out of theirs, added to what the file has; what is there by the same id is changed. */
function converted(text: string, { columns, words }: Meaning, list: string, book: Book, path: string): string {
	const filled = OURS[list]!.filter((o) => columns[o] && !KEYS.includes(o));
	const keys = KEYS.filter((k) => columns[k]);
	const into = new Table(book.texts.get(path) ?? '', ['id', ...filled.filter((c) => c !== 'id'), ...(keys.length ? ['keys'] : [])]);
	const taken = new Set(book.rows(list).map((r) => r.id!));
	for (const { cells } of new Table(text, []).rows) {
		const of = (o: string) => cells[columns[o] ?? ''] ?? '';
		if (!of('id') && !of('name')) continue; /* an empty line */
		const given = idOf(of('id') || of('name'), new Set());
		const id = columns.id ? given : idOf(given, taken);
		taken.add(id);
		into.put('id', {
			...Object.fromEntries(filled.map((o) => [o, o === 'class' ? words[of(o)] || of(o) : of(o)])), id,
			...(keys.length ? { keys: keys.filter((k) => of(k)).map((k) => `${k}:${of(k).replace(/\s+/g, '-')}`).join(' ') } : {}),
		});
	}
	return into.text;
}

function Mapping({ text, list, classes, is, set }: { text: string; list: string; classes: readonly Named[]; is: Meaning; set: (m: Meaning) => void }): JSX.Element {
	const table = look(text);
	const theirs = table.columns.map((c) => ({ id: c, name: c }));
	const known = new Set(classes.map((c) => c.id));
	const values = is.columns.class ? table.values(is.columns.class).filter((v) => !known.has(v)).slice(0, WORDS) : [];
	return <>
		<fieldset class="fields"><legend>{t('set.columns')}</legend>
			<div class="numbers">{OURS[list]!.map((o) => <Pick key={o} label={o} none of={theirs} value={is.columns[o] ?? ''} set={(v) => set({ ...is, columns: { ...is.columns, [o]: v } })} />)}</div>
		</fieldset>
		{values.length > 0 && <fieldset class="fields"><legend>{t('set.kinds')}</legend>
			<div class="numbers">{values.map((v) => <Pick key={v} label={v} none required of={classes} value={is.words[v] ?? ''} set={(c) => set({ ...is, words: { ...is.words, [v]: c } })} />)}</div>
		</fieldset>}
	</>;
}

export function Bring({ take }: { take: StepProps['take'] }): JSX.Element {
	const [file, setFile] = useState<{ name: string; text: string } | null>(null);
	const [wrong, setWrong] = useState('');
	const [format, setFormat] = useState('csv');
	const [list, setList] = useState('assets');
	const [source, setSource] = useState('');
	const [into, setInto] = useState('');
	const [is, setIs] = useState<Meaning>({ columns: {}, words: {} });
	const { book, problem, reload } = useBook(LISTS.join(' '));
	const classes = useLive<{ items: Named[] }>('/model/classes', () => false).data?.items ?? [];
	const places = (useLive<{ places: Place[] }>('/model', () => false).data?.places ?? []).filter((p) => PLACES.includes(p.kind));
	const choose = async (f: File | undefined) => {
		setFile(null);
		setWrong(f && f.size > MAX ? t('set.too_large') : '');
		if (!f || f.size > MAX) return;
		const text = await f.text();
		setFile({ name: f.name, text });
		setIs(guess(text, list));
		setFormat(formatOf(f.name, text));
		setSource(idOf(f.name.replace(/\.[^.]*$/, ''), new Set()));
	};
	const submit = (e: Event) => {
		e.preventDefault();
		if (!file || !book) return;
		const why = t('set.bring_why', { name: file.name });
		if (format !== 'csv') return take(why, { import: { ...file, format, source, ...(into ? { in: into } : {}) } });
		const path = `${list}-${source}.csv`;
		take(why, [{ path, text: converted(file.text, is, list, book, path) }]);
	};
	if (problem) return <Failed problem={problem} retry={reload} />;
	return (
		<form class="fields" onSubmit={submit}>
			<p>{t('set.bring_says')}</p>
			<label class="field"><span>{t('set.file')}</span>
				<input type="file" accept=".csv,.json,.ndjson,.ttl,.n3,.txt" onChange={(e) => void choose(e.currentTarget.files?.[0])} /></label>
			{wrong && <p class="problem" role="alert">{wrong}</p>}
			{file && <>
				<div class="numbers">
					<Pick label={t('set.format')} of={FORMATS.map((f) => ({ id: f, name: t(`set.f_${f}` as 'set.f_csv') }))} value={format} set={setFormat} />
					<Field label={t('set.source')} value={source} set={setSource} pattern="[a-z0-9][a-z0-9\-]*" required hint={t('set.source_hint')} />
					{format !== 'csv' && <Pick label={t('im.into')} none of={places} value={into} set={setInto} />}
					{format === 'csv' && <Pick label={t('set.list')} of={LISTS.map((l) => ({ id: l, name: l }))} value={list} set={(l) => { setList(l); setIs(guess(file.text, l)); }} />}
				</div>
				{format === 'csv' && <Mapping text={file.text} list={list} classes={classes} is={is} set={setIs} />}
				<p><button class="button primary" disabled={!book}>{t('set.look_over')}</button></p>
			</>}
		</form>
	);
}
