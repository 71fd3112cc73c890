/* What each ward and service can do for patients, the worst first, and what is expected. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, type Problem } from '../api';
import { moment, span, until } from '../format';
import { colon, named, t } from '../i18n';
import { Icon, LevelMark } from '../icons';
import { ProblemNote } from '../problem';
import { may, minute, second, session, useLive } from '../state';
import type { Level } from '../types';
import { Failed, useAsk, type Asked } from './parts';
import type { CareForecast, CarePlace, Question } from './types';
import './views.css';

const ORDER = ['closed', 'evacuated', 'evacuating', 'limited', 'threatened', 'surge', 'open'];
const MARK: Record<string, Level> = {
	closed: 'critical', evacuated: 'critical', evacuating: 'critical', limited: 'high', threatened: 'medium', surge: 'medium',
};
const rank = (state: string): number => (ORDER.indexOf(state) + ORDER.length + 1) % (ORDER.length + 1);

/* The next loss that is not there yet, else the first that is. */
function next(p: CarePlace, now: number): CareForecast | undefined {
	const by = [...p.forecast].sort((a, b) => a.at.localeCompare(b.at));
	return by.find((f) => Date.parse(f.at) > now) ?? by[0];
}

/* Whence the number is: who counted when, and who came and went since by HL7 ADT. */
function Source({ b }: { b: CarePlace['beds'][number] }): JSX.Element | null {
	const now = minute.value;
	const said = b.entered && (b.entered.available !== null
		? t('care.was_free', { n: b.entered.available, t: moment(b.entered.at, now) })
		: t('care.was_occupied', { n: b.entered.occupied ?? '?', t: moment(b.entered.at, now) }));
	const moved = b.counted && t('care.counted', { came: b.counted.came, went: b.counted.went, t: moment(b.counted.last, now) });
	return said || moved ? <span class="quiet care-source">{[said, moved].filter(Boolean).join('; ')}</span> : null;
}

function Beds({ p }: { p: CarePlace }): JSX.Element | null {
	const known = p.beds.filter((b) => b.available !== null || b.baseline !== null);
	if (!known.length) return null;
	return (
		<ul class="beds">
			{known.map((b) => (
				<li key={b.type}>
					<strong>{b.available ?? '?'}</strong>{b.baseline !== null && <span> / {b.baseline}</span>} <span class="quiet">{named('bed', b.type)}</span>
					<Source b={b} />
				</li>
			))}
		</ul>
	);
}

function State({ state }: { state: string }): JSX.Element {
	const level = MARK[state];
	return (
		<span class={`care-tag ${level ? `level-${level}` : ''}`}>
			{level ? <LevelMark level={level} /> : <Icon name="check" />}{named('care', state)}
		</span>
	);
}

/* What is expected next; a link where the reader may see the incident. */
function Next({ f, more }: { f: CareForecast; more: number }): JSX.Element {
	const text = (
		<>
			<strong>{until(f.at, minute.value)}</strong>{colon()}{named('care', f.state)}{' '}
			<span class="quiet">{`${Math.round(f.likelihood[0] * 100)}–${Math.round(f.likelihood[1] * 100)} %`}</span>
			<span class="care-why">{f.why}</span>
			{more > 0 && <span class="quiet">{t('now.more_care', { n: more })}</span>}
		</>
	);
	return f.incident ? <a href={`/incidents/${f.incident}`}>{text}</a> : text;
}

const HOURS = [1, 4, 8, 24, 72];
const STATES = ['open', 'surge', 'threatened', 'limited', 'evacuating', 'closed', 'evacuated'];
const words = (group: string, values: readonly string[]) => values.map((v) => [v, named(group, v)] as const);
const count = (name: string, text: string): Question => ({ name, type: 'integer', text, may: true });

/* What somebody may say of a ward, or of a site; what is left empty stays as it is. */
function entry(p: CarePlace): Asked {
	const site = p.kind === 'site';
	const state: Question = { name: 'state', type: 'word', text: t('care.state'), choices: words('care', STATES), may: true };
	const staffing: Question = { name: 'staffing', type: 'word', text: t('care.staffing'), choices: words('staffing', ['adequate', 'insufficient']), may: true };
	return {
		decision: { kind: 'enter', subject: p.id },
		title: t('care.enter_of', { name: p.name }), yes: t('care.enter'),
		questions: [
			state,
			...(site ? [
				{ name: 'diversion', type: 'word', text: t('care.ambulances'), choices: words('diversion', ['normal', 'advisory', 'closed']), may: true },
				{ name: 'security', type: 'word', text: t('care.security'), choices: words('security', ['normal', 'elevated', 'restricted', 'lockdown']), may: true },
			] : p.kind === 'ward' ? [count('available', t('care.beds')), count('occupied', t('care.occupied'))] : []),
			staffing,
			...(site ? [] : [count('staff', t('care.on_duty'))]),
			{ name: 'hours', type: 'word', text: t('care.good_for'), choices: HOURS.map((h) => [String(h), span(h * 3_600_000)] as const), value: '8' },
		],
		args: ({ hours, ...values }) => ({
			...Object.fromEntries(Object.entries(values).filter(([, v]) => v !== '')),
			until: new Date(second.value + Number(hours) * 3_600_000).toISOString().replace(/\.\d+/, ''),
		}),
	};
}

/* What other hospitals and the emergency services would be told, to be looked at and kept. */
function Have({ close }: { close: () => void }): JSX.Element {
	const dialog = useRef<HTMLDialogElement>(null);
	const [doc, setDoc] = useState<{ document: string; exercise: boolean } | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	useEffect(() => {
		dialog.current?.showModal();
		get<{ document: string; exercise: boolean }>('/care/have').then(setDoc, setProblem);
	}, []);
	const keep = () => {
		const a = document.createElement('a');
		a.href = URL.createObjectURL(new Blob([doc!.document], { type: 'application/xml' }));
		a.download = 'have.xml';
		a.click();
		URL.revokeObjectURL(a.href);
	};
	return (
		<dialog ref={dialog} class="ask have" aria-labelledby="have-title" onClose={close}>
			<h2 id="have-title">{t('care.have')}</h2>
			<p class="quiet">{t('care.have_what')}</p>
			<ProblemNote problem={problem} />
			{doc && <pre tabIndex={0} aria-label="EDXL-HAVE 1.0">{doc.document}</pre>}
			<div class="buttons">
				<button type="button" class="button primary" disabled={!doc} onClick={keep}>{t('care.keep')}</button>
				<button type="button" class="button" onClick={() => dialog.current?.close()}>{t('care.close')}</button>
			</div>
		</dialog>
	);
}

function Row({ p, marked, enter }: { p: CarePlace; marked: boolean; enter?: () => void }): JSX.Element {
	const now = minute.value;
	const f = next(p, now);
	return (
		<tr id={p.id} class={`care-row care-${p.state} ${marked ? 'care-marked' : ''}`}>
			<th scope="row">{p.name}</th>
			<td class="care-state" data-label={t('care.state')}>
				<State state={p.state} />
				{p.since && p.state !== 'open' && <span class="quiet"> {t('time.since', { at: moment(p.since, now) })}</span>}
				{p.cause && p.state !== 'open' && <span class="quiet care-cause">{p.cause}</span>}
				{p.expires && <span class="quiet"> {t('care.expires', { t: moment(p.expires, now) })}</span>}
			</td>
			<td data-label={t('care.beds')}><Beds p={p} /></td>
			<td data-label={t('care.staff')} class="number">
				{p.staff ?? ''}{p.staffing === 'insufficient' && <strong class="care-few"> {t('care.few')}</strong>}
			</td>
			<td data-label={t('care.forecast')}>
				{f && <Next f={f} more={p.forecast.length - 1 + (p.forecast_more ?? 0)} />}
			</td>
			{enter && <td class="no-print"><button type="button" class="button small" aria-label={t('care.enter_of', { name: p.name })} onClick={enter}>{t('care.enter')}</button></td>}
		</tr>
	);
}

export function CareView(): JSX.Element {
	const { data, problem, reload } = useLive<{ at: string; items: CarePlace[] }>('/care',
		(c) => c.kind === 'impact' || c.kind === 'incident' || c.kind === 'decision' || c.kind === 'census');
	const [all, setAll] = useState(true);
	const [have, setHave] = useState(false);
	const [dialog, ask] = useAsk(reload);
	const enters = may('enter.care');
	const marked = decodeURIComponent(location.hash.slice(1));
	useEffect(() => {
		if (data && marked) document.getElementById(marked)?.scrollIntoView({ block: 'center' });
	}, [data !== undefined, marked]);
	if (!data) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const sites = data.items.filter((p) => p.kind === 'site');
	const places = data.items.filter((p) => p.kind !== 'site')
		.sort((a, b) => rank(a.state) - rank(b.state) || a.name.localeCompare(b.name));
	const worse = places.filter((p) => p.state !== 'open');
	const shown = all ? places : worse;
	return (
		<div class="view care">
			<header class="view-head">
				<h1>{t('view.care')}</h1>
				<p class="quiet">{worse.length ? t('care.worse', { n: worse.length, all: String(places.length) }) : t('care.all_open')}</p>
				<label class="check no-print">
					<input type="checkbox" checked={!all} onChange={(e) => setAll(!e.currentTarget.checked)} />{t('care.only_worse')}
				</label>
				{!session.value?.places.length && <button type="button" class="button no-print" onClick={() => setHave(true)}>{t('care.have')}</button>}
			</header>
			{sites.length > 0 && (
				<ul class="sites">
					{sites.map((s) => (
						<li key={s.id}><strong>{s.name}</strong>{' '}
							<State state={s.state} /> <Beds p={s} />
							{enters && <button type="button" class="button small no-print" aria-label={t('care.enter_of', { name: s.name })} onClick={() => ask(entry(s))}>{t('care.enter')}</button>}
						</li>
					))}
				</ul>
			)}
			<table class="board">
				<caption class="unseen">{t('view.care')}</caption>
				<thead>
					<tr>
						<th scope="col">{t('care.place')}</th><th scope="col">{t('care.state')}</th><th scope="col">{t('care.beds')}</th>
						<th scope="col" class="number">{t('care.staff')}</th><th scope="col">{t('care.forecast')}</th>
						{enters && <th scope="col" class="no-print"><span class="unseen">{t('care.enter')}</span></th>}
					</tr>
				</thead>
				<tbody>{shown.map((p) => <Row key={p.id} p={p} marked={p.id === marked} {...(enters ? { enter: () => ask(entry(p)) } : {})} />)}</tbody>
			</table>
			{shown.length === 0 && <p class="quiet">{t('care.all_open')}</p>}
			{dialog}
			{have && <Have close={() => setHave(false)} />}
		</div>
	);
}
