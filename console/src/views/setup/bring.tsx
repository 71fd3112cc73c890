/* What the hospital has already: a file of another product, as a difference to the directory. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { useLive } from '../../state';
import type { Named } from '../../types';
import { idOf, look } from './csv';
import { Field, Pick } from './parts';
import type { StepProps } from './types';

const FORMATS = ['csv', 'cyclonedx', 'netbox', 'fhir', 'brick', 'inventory'];
const OURS = ['id', 'name', 'class', 'room', 'network', 'ip', 'mac', 'serial', 'host', 'vendor', 'model'];
const LISTS = ['assets', 'rooms', 'doors', 'networks', 'floors', 'buildings'];
const MAX = 1 << 20;
const WORDS = 40;

/* By its name, and for JSON by what it begins with. */
function formatOf(name: string, text: string): string {
	if (/\.(ttl|n3)$/i.test(name)) return 'brick';
	if (!/\.(json|ndjson)$/i.test(name)) return 'csv';
	return /"bomFormat"/.test(text) ? 'cyclonedx' : /"resourceType"/.test(text) ? 'fhir' : 'netbox';
}

/* Which of their columns is which of ours, and what their words for kinds mean. */
function Mapping({ text, list, classes, set }: { text: string; list: string; classes: readonly Named[]; set: (map: string) => void }): JSX.Element {
	const table = look(text);
	const [columns, setColumns] = useState<Record<string, string>>(() => Object.fromEntries(OURS.map((o) => [o, table.columns.find((c) => c.toLowerCase() === o) ?? ''])));
	const [words, setWords] = useState<Record<string, string>>({});
	const theirs = table.columns.map((c) => ({ id: c, name: c }));
	const known = new Set(classes.map((c) => c.id));
	const values = columns.class ? table.values(columns.class).filter((v) => !known.has(v)).slice(0, WORDS) : [];
	const tell = (c: Record<string, string>, w: Record<string, string>) => {
		setColumns(c);
		setWords(w);
		const q = (s: string) => JSON.stringify(s);
		const map = (o: Record<string, string>) => `{${Object.entries(o).filter(([, v]) => v).map(([k, v]) => `${q(k)}: ${q(v)}`).join(', ')}}`;
		set(`list: ${list}\ncolumns: ${map(c)}\n${Object.values(w).some(Boolean) ? `classes: ${map(w)}\n` : ''}`);
	};
	return <>
		<fieldset class="fields"><legend>{t('set.columns')}</legend>
			<div class="numbers">{OURS.map((o) => <Pick key={o} label={o} none of={theirs} value={columns[o] ?? ''} set={(v) => tell({ ...columns, [o]: v }, words)} />)}</div>
		</fieldset>
		{values.length > 0 && <fieldset class="fields"><legend>{t('set.kinds')}</legend>
			<div class="numbers">{values.map((v) => <Pick key={v} label={v} none of={classes} value={words[v] ?? ''} set={(c) => tell(columns, { ...words, [v]: c })} />)}</div>
		</fieldset>}
	</>;
}

export function Bring({ take }: StepProps): JSX.Element {
	const [file, setFile] = useState<{ name: string; text: string } | null>(null);
	const [wrong, setWrong] = useState('');
	const [format, setFormat] = useState('csv');
	const [list, setList] = useState('assets');
	const [source, setSource] = useState('');
	const [map, setMap] = useState('');
	const classes = useLive<{ items: Named[] }>('/model/classes', () => false).data?.items ?? [];
	const choose = async (f: File | undefined) => {
		setFile(null);
		setMap('');
		setWrong(f && f.size > MAX ? t('set.too_large') : '');
		if (!f || f.size > MAX) return;
		const text = await f.text();
		setFile({ name: f.name, text });
		setFormat(formatOf(f.name, text));
		setSource(idOf(f.name.replace(/\.[^.]*$/, ''), new Set()));
	};
	const submit = (e: Event) => {
		e.preventDefault();
		if (file) take(t('set.bring_why', { name: file.name }), { import: { name: file.name, format, source, text: file.text, ...(format === 'csv' ? { list, ...(map ? { map } : {}) } : {}) } });
	};
	return (
		<form class="fields" onSubmit={submit}>
			<p>{t('set.bring_says')}</p>
			<label class="field"><span>{t('set.file')}</span>
				<input type="file" accept=".csv,.json,.ndjson,.ttl,.n3,.txt" onChange={(e) => void choose(e.currentTarget.files?.[0])} /></label>
			{wrong && <p class="problem" role="alert">{wrong}</p>}
			{file && <>
				<div class="numbers">
					<Pick label={t('set.format')} of={FORMATS.map((f) => ({ id: f, name: t(`set.f_${f}` as 'set.f_csv') }))} value={format} set={setFormat} />
					<Field label={t('set.source')} value={source} set={setSource} pattern="[a-z0-9][a-z0-9._\-]*" required hint={t('set.source_hint')} />
					{format === 'csv' && <Pick label={t('set.list')} of={LISTS.map((l) => ({ id: l, name: l }))} value={list} set={setList} />}
				</div>
				{format === 'csv' && <Mapping key={file.text + list} text={file.text} list={list} classes={classes} set={setMap} />}
				<p><button class="button primary">{t('set.look_over')}</button></p>
			</>}
		</form>
	);
}
