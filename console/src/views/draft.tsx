/* A form of the law filled in: what is missing first, whence each field comes, and what is other since it was sent. */
import type { JSX } from 'preact';
import { moment } from '../format';
import { colon, named, t } from '../i18n';
import { Icon } from '../icons';
import { minute, useLive } from '../state';
import { now, time } from './law';
import { Failed, Section, useAsk, type Asked } from './parts';
import './law.css';
import './views.css';

interface Field {
	id: string; ask: string; text: string; source: string; must: boolean; gap: boolean; guess: boolean; moved: boolean; was: string; role: string | null; at: string | null;
}
interface Draft {
	form: string; name: string; incident: string; lang: string; exercise: boolean; letter: boolean; inside: boolean; before: string; version: number; draft: string; gaps: number;
	sent: string | null; moved: number; older: boolean; rules: string[]; fields: Field[]; kept: string[]; may: boolean; markdown: string;
}

const short = (digest: string): string => digest.slice(0, 8);

function save(name: string, type: string, text: string): void {
	const a = document.createElement('a');
	a.href = URL.createObjectURL(new Blob([text], { type }));
	a.download = name;
	a.click();
	URL.revokeObjectURL(a.href);
}

const write = (d: Draft, f: Field): Asked => ({
	decision: { kind: 'law', subject: d.incident, args: { say: 'field', of: f.id } }, title: f.ask, yes: t('law.say'), reason: 'must', label: t('draft.text'), value: f.text,
});

const back = (d: Draft, f: Field): Asked => ({
	decision: { kind: 'law', subject: d.incident, args: { say: 'field', of: f.id, is: 'no' } }, title: t('draft.back_ask'), yes: t('draft.back'), reason: 'must', label: t('law.why'), text: <p>{f.ask}</p>,
});

const sent = (d: Draft): Asked => ({
	decision: { kind: 'law', subject: d.incident, args: { say: 'sent', of: d.rules[0], form: d.form, draft: d.draft, lang: d.lang, kept: d.kept } },
	title: t('law.ask_sent'), yes: t('law.sent'), reason: 'must', label: t('law.what_sent'),
	text: <><p>{d.name} · {short(d.draft)}</p>{d.exercise && <p class="warned">{t('law.exercise')}</p>}{d.gaps > 0 && <p class="warned">{t('draft.gap_sent')}</p>}</>,
	questions: [
		...(d.rules.length > 1 ? [{ name: 'of', type: 'string' as const, text: t('draft.which'), choices: d.rules.map((r) => [r, r] as const), value: d.rules[0]! }] : []),
		{ name: 'time', type: 'time' as const, text: t('law.when_sent'), value: now() }, { name: 'number', type: 'string' as const, text: t('law.number'), may: true }],
	args: time,
});

function Item({ d, f, ask }: { d: Draft; f: Field; ask: (a: Asked) => void }): JSX.Element {
	return (
		<li id={f.id} class={f.gap ? 'draft-gap' : f.moved ? 'draft-moved' : ''}>
			<h3>{f.ask}</h3>
			{f.text ? <p class="draft-text">{f.text}</p> : <p><strong>{f.must ? t('draft.missing') : '–'}</strong></p>}
			{f.moved && <p>{t('draft.was')} <del>{f.was || '–'}</del></p>}
			<p class="quiet">
				{f.text && (f.source === 'person' ? `${t('source.person', { role: f.role ?? '' })}, ${moment(f.at ?? '', minute.value)}` : named('source', f.source))}
				{f.must && `${f.text ? ' · ' : ''}${t('draft.must')}`}
				{f.guess && <> · <span class="tag">{t('draft.guess')}</span></>}
			</p>
			{d.may && (
				<div class="buttons no-print">
					<button type="button" class={f.gap ? 'button primary' : 'button'} aria-label={`${t(f.text ? 'draft.change' : 'draft.write')}${colon()}${f.ask}`} onClick={() => ask(write(d, f))}>{t(f.text ? 'draft.change' : 'draft.write')}</button>
					{f.source === 'person' && f.at && <button type="button" class="button" aria-label={`${t('draft.back')}${colon()}${f.ask}`} onClick={() => ask(back(d, f))}>{t('draft.back')}</button>}
				</div>
			)}
		</li>
	);
}

function Body({ d, ask }: { d: Draft; ask: (a: Asked) => void }): JSX.Element {
	const gaps = d.fields.filter((f) => f.gap);
	const file = `${d.exercise ? 'EXERCISE-' : ''}${d.form}-${d.incident.slice(0, 8)}-${short(d.draft)}`;
	const { may: _may, kept: _kept, markdown, ...whole } = d;
	return (
		<>
			<p class="quiet">{t('draft.no', { n: d.version })} · {short(d.draft)} · {t('draft.people_send')}</p>
			{d.sent && (d.moved > 0 ? <p class="warned">{t('draft.moved', { n: d.moved, digits: short(d.sent) })}</p> : d.older ? <p class="warned">{t('draft.older', { digits: short(d.sent) })}</p> : <p>{t('draft.as_sent', { digits: short(d.sent) })}</p>)}
			<Section title={gaps.length ? t('draft.gaps', { n: gaps.length }) : t('draft.whole')}>
				{gaps.length > 0 && <ul class="list">{gaps.map((f) => <li key={f.id}><a href={`#${f.id}`}>{f.ask}</a></li>)}</ul>}
				<div class="buttons no-print">
					<button type="button" class="button" onClick={() => save(`${file}.md`, 'text/markdown', markdown)}>{t('draft.md')}</button>
					<button type="button" class="button" onClick={() => save(`${file}.json`, 'application/ld+json', JSON.stringify(whole, null, 1))}>{t('draft.json')}</button>
					{d.may && !d.inside && <button type="button" class="button primary" onClick={() => ask(sent(d))}>{t('draft.sent')}</button>}
				</div>
			</Section>
			<Section title={t('draft.fields')}>
				{d.before && <p>{d.before}</p>}
				<ul class="draft-fields">{[...gaps, ...d.fields.filter((f) => !f.gap)].map((f) => <Item key={f.id} d={d} f={f} ask={ask} />)}</ul>
			</Section>
		</>
	);
}

export function DraftView({ id }: { id: string }): JSX.Element {
	const [incident = '', form = ''] = id.split('/');
	const { data: d, problem, reload } = useLive<Draft>(`/incidents/${encodeURIComponent(incident)}/draft?form=${encodeURIComponent(form)}`, (c) => c.incidents.includes(incident));
	const [dialog, ask] = useAsk(reload);
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	return (
		<div class={`view draft ${d.exercise ? 'draft-exercise' : ''}`}>
			<header class="view-head"><h1>{d.name}</h1>
				<button type="button" class="button no-print" onClick={() => print()}><Icon name="print" />{t('app.print')}</button></header>
			<p class="no-print"><a href={`/law/${incident}`}>{t('draft.law_back')}</a></p>
			{d.exercise && <p class="warned draft-mark">{t('law.exercise')}</p>}
			<Body d={d} ask={ask} />
			{dialog}
		</div>
	);
}
