/* What the sensors saw and no list has: chosen ones go into the directory, with their names and rooms. Then what to find out next. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { useLive } from '../../state';
import type { Named } from '../../types';
import { Failed, Section } from '../parts';
import type { Candidates, Score } from '../prevention/types';
import type { Place } from '../types';
import { useBook } from './book';
import { Table } from './csv';
import { Field, Pick, useDraft } from './parts';
import type { StepProps } from './types';

const ANSWERS = 5;
const FILE = 'assets-seen.csv';
const FACTS = 'facts-seen.csv';

type Seen = Candidates['items'][number];
interface Says { name: string; room: string; class: string }

/* One host, and what whoever takes it in says of it. */
function Host({ host: h, line, says, set, rooms, classes }: {
	host: Seen; line: Record<string, string>; says: Says | undefined; set: (s: Says | null) => void; rooms: readonly Named[]; classes: readonly Named[];
}): JSX.Element {
	return (
		<li class="fields">
			<label class="check"><input type="checkbox" checked={!!says} onChange={(e) => set(e.currentTarget.checked ? { name: h.name || line.name || '', room: line.room ?? '', class: line.class || 'device' } : null)} />
				<span><b>{h.name || h.what || h.key}</b> <span class="quiet">{[h.name && h.what, ...h.addresses, line.vendor].filter(Boolean).join(', ')}</span></span></label>
			{says && <div class="numbers">
				<Field label={t('set.name')} value={says.name} required set={(name) => set({ ...says, name })} />
				<Pick label={t('set.class')} of={classes} value={says.class} set={(v) => set({ ...says, class: v })} />
				<Pick label={t('set.c_room')} none of={rooms} value={says.room} set={(room) => set({ ...says, room })} />
			</div>}
		</li>
	);
}

export function Found({ hosts, take }: StepProps & { hosts: Candidates | undefined }): JSX.Element {
	const { book, problem, reload } = useBook(`${FILE} ${FACTS}`);
	const [chosen, choose] = useDraft<Record<string, Says>>('found', {});
	const score = useLive<Score>('/model/score', () => false).data;
	const rooms = (useLive<{ places: Place[] }>('/model', () => false).data?.places ?? []).filter((p) => p.kind === 'room');
	const classes = (useLive<{ items: Named[] }>('/model/classes', () => false).data?.items ?? []).filter((c) => c.id.startsWith('device'));
	const items = hosts?.items ?? [];
	const lines = new Map(items.map((h) => [h.key, new Table(`${hosts!.columns}\n${h.line}\n`, []).rows[0]!.cells]));
	const taken = items.filter((h) => chosen[h.key]);
	if (problem) return <Failed problem={problem} retry={reload} />;
	const submit = (e: Event) => {
		e.preventDefault();
		if (!book) return;
		const table = new Table(book.texts.get(FILE) ?? '', hosts!.columns.split(','));
		const facts = new Table(book.texts.get(FACTS) ?? '', ['on', 'as_of', 'by']);
		for (const h of taken) {
			const cells = { ...lines.get(h.key)!, ...chosen[h.key]! };
			table.put('id', cells);
			facts.put('on', { on: lines.get(h.key)!.id!, as_of: h.last.slice(0, 10), by: 'sensors' });
		}
		take(t('set.found_why', { n: taken.length }), [{ path: FILE, text: table.text }, { path: FACTS, text: facts.text }]);
	};
	return <>
		<p role="status">{t('set.hosts', { n: hosts?.total ?? 0 })}</p>
		{!items.length && <p class="quiet">{t('set.minute')}</p>}
		{items.length > 0 && <form onSubmit={submit}><fieldset class="fields"><legend>{t('set.which')}</legend>
			<ul class="list">{items.map((h) => <Host key={h.key} host={h} line={lines.get(h.key)!} says={chosen[h.key]} rooms={rooms} classes={classes} set={(s) => {
				const { [h.key]: _, ...rest } = chosen;
				choose(s ? { ...rest, [h.key]: s } : rest);
			}} />)}</ul>
			<p><button class="button primary" disabled={!taken.length || !book}>{t('set.approve', { n: taken.length })}</button></p>
		</fieldset></form>}
		{score && score.answers.length > 0 && <Section title={t('set.to_do')}>
			<ol class="path-steps">{score.answers.slice(0, ANSWERS).map((a, i) => <li key={i}>{a.question} <code>{a.list || a.file}: {a.keys}</code></li>)}</ol>
		</Section>}
	</>;
}
