/* The house: what it is called and where it is, its buildings and floors. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { plans } from '../../state';
import { Answers } from './answers';
import { useBook, type Book } from './book';
import { idOf } from './csv';
import { Field, Pick, useDraft } from './parts';
import { Failed } from '../parts';
import type { StepProps } from './types';

const HOSPITAL = 'hospital.yml';
const KEYS = ['name', 'city', 'country', 'timezone'] as const;

/* A line of the block `hospital:`; other spellings are left to whoever wrote them. */
const lineOf = (key: string): RegExp => new RegExp(`(^hospital:\\n(?:[ #].*\\n)*? +${key}: *)("[^"\\n]*"|[^"#\\n{\\[]*?)( *(?:#.*)?\\n)`, 'm');
const bare = (s: string): string => s.replace(/^"(.*)"$/, '$1');

function Address({ text, take }: { text: string; take: StepProps['take'] }): JSX.Element {
	const [values, set] = useDraft<Record<string, string>>('house.address', {});
	const now = (k: string) => bare(lineOf(k).exec(text)?.[2]?.trim() ?? '');
	const fine = KEYS.filter((k) => lineOf(k).test(text));
	const next = fine.reduce((s, k) => (values[k] === undefined || values[k] === now(k) ? s
		: s.replace(lineOf(k), (_, before: string, _old: string, after: string) => `${before}"${values[k]!.replace(/["\\]/g, '')}"${after}`)), text);
	return (
		<form class="fields" onSubmit={(e) => { e.preventDefault(); take(t('set.house'), [{ path: HOSPITAL, text: next }]); }}>
			<h3>{t('set.address')}</h3>
			<div class="numbers asks">{fine.map((k) => <Field key={k} label={t(`set.h_${k}`)} value={values[k] ?? now(k)} required list={k === 'timezone' ? Intl.supportedValuesOf('timeZone') : []}
				set={(v) => set({ ...values, [k]: v })} {...(k === 'country' ? { pattern: '[A-Z]{2}' } : {})} />)}</div>
			{fine.length < KEYS.length && <p class="quiet">{t('set.by_hand', { file: HOSPITAL })}</p>}
			<p><button class="button" disabled={next === text}>{t('set.look_over')}</button></p>
		</form>
	);
}

interface New { into: string; name: string; low: string; high: string; names: Record<number, string> }
interface Storey { level: number; name: string }

/* A building with floors from the lowest to the highest, each with a name that can be another. */
function NewBuilding({ book, site, take }: { book: Book; site: string; take: StepProps['take'] }): JSX.Element {
	const all = plans.value?.buildings ?? [];
	const [{ into, name, low, high, names }, set] = useDraft<New>('house.new', { into: '', name: '', low: '0', high: '2', names: {} });
	const put = (more: Partial<New>) => set((is) => ({ ...is, ...more }));
	const there = all.find((b) => b.id === into)?.floors.map((f) => f.level) ?? [];
	const from = Number(low), to = Math.min(Number(high), from + 60);
	const storeys: Storey[] = [];
	for (let level = to; level >= from; level--)
		if (!there.includes(level)) storeys.push({ level, name: names[level] ?? t(level < 0 ? 'set.basement' : level ? 'set.floor_n' : 'set.ground', { n: Math.abs(level) }) });
	const submit = (e: Event) => {
		e.preventDefault();
		const next = book.copy();
		const taken = new Set([...all.flatMap((b) => [b.id, ...b.floors.map((f) => f.id)]), ...book.rows('floors').map((r) => r.id!), ...book.rows('buildings').map((r) => r.id!)]);
		const id = into || idOf(name, taken);
		if (!into) next.put('buildings', { id, name, site });
		taken.add(id);
		for (const s of storeys) {
			const floor = idOf(`${id}-${s.level < 0 ? `u${-s.level}` : s.level}`, taken);
			taken.add(floor);
			next.put('floors', { id: floor, name: s.name, building: id, level: String(s.level) });
		}
		take(t('set.house'), next.changed());
	};
	return (
		<form class="fields" onSubmit={submit}>
			<h3>{t('set.add_floors')}</h3>
			{all.length > 0 && <Pick label={t('set.building')} none of={all} value={into} set={(v) => put({ into: v })} />}
			{!into && <Field label={t('set.building_name')} value={name} set={(v) => put({ name: v })} required />}
			<div class="numbers">
				<Field label={t('set.lowest')} type="number" min={-20} max={80} value={low} set={(v) => put({ low: v })} required />
				<Field label={t('set.highest')} type="number" min={-20} max={80} value={high} set={(v) => put({ high: v })} required />
			</div>
			{storeys.map((s) => <Field key={s.level} label={t('set.floor_name', { n: String(s.level) })} value={s.name} set={(v) => put({ names: { ...names, [s.level]: v } })} required />)}
			<p><button class="button primary" disabled={!storeys.length}>{t('set.look_over')}</button></p>
		</form>
	);
}

export function House({ setup, take, site }: StepProps): JSX.Element {
	const { book, problem, reload } = useBook(`${HOSPITAL} buildings floors`);
	if (problem) return <Failed problem={problem} retry={reload} />;
	if (!book) return <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const empty = !setup.counts.floors;
	const own = <Address text={book.texts.get(HOSPITAL) ?? ''} take={take} />;
	return <>
		{empty ? <p>{t('set.house_says')}</p> : own}
		{!empty && <ul class="list">{plans.value?.buildings.map((b) => <li key={b.id}><b>{b.name}</b> <span class="quiet">{b.floors.map((f) => f.name).join(', ')}</span></li>)}</ul>}
		<NewBuilding book={book} site={site} take={take} />
		{!setup.counts.services && <Answers take={take} />}
		{empty && own}
	</>;
}
