/* One camera: how it is, what is watched in its picture, and the drawing of it. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Problem, sendForPicture } from '../api';
import { moment } from '../format';
import { colon, language, named, t, type Key } from '../i18n';
import { ProblemNote } from '../problem';
import { may, minute, useLive } from '../state';
import { Plan } from '../plan';
import { Found, useBoxes } from './camera/boxes';
import { Frame } from './camera/frame';
import { DAYS, fresh, items, KINDS, week, type CameraPage, type Hours, type Item, type Point } from './camera/plan';
import { Save } from './camera/save';
import { Failed, Section } from './parts';
import './camera.css';
import './state.css';
import './views.css';

const WIDE = 16 / 9;
/* Monday is 0. */
const day = (i: number): string => new Intl.DateTimeFormat(language.value, { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + i));
const OFTEN = ['intrusion', 'fall', 'agitation', 'smoke'] as const;

/* Why, and the picture; what is seen is never kept. */
function Still({ id, set }: { id: string; set: (picture: string, aspect: number) => void }): JSX.Element {
	const [why, setWhy] = useState(t('cam.why_draw'));
	const [state, setState] = useState<Problem | 'busy' | null>(null);
	const ask = async (e: Event) => {
		e.preventDefault();
		setState('busy');
		try {
			const picture = await sendForPicture(`/cameras/${encodeURIComponent(id)}/still`, { id: crypto.randomUUID(), reason: why });
			const img = new Image();
			img.src = picture;
			await img.decode();
			set(picture, img.naturalWidth / img.naturalHeight);
			setState(null);
		} catch (err) {
			if (!(err instanceof Problem)) throw err;
			setState(err);
		}
	};
	return (
		<form class="cam-ask" onSubmit={ask}>
			<label>{t('cam.why')} <input required maxLength={400} value={why} onInput={(e) => setWhy(e.currentTarget.value)} /></label>
			<button class="button" disabled={state === 'busy'} aria-busy={state === 'busy'}>{t('cam.look')}</button>
			<p class="quiet">{t('cam.look_says')}</p>
			{state instanceof Problem && <ProblemNote problem={state} />}
		</form>
	);
}

function HoursField({ h, set }: { h: Hours; set: (h: Hours | null) => void }): JSX.Element {
	const [a, b] = week(h.days);
	const days = (from: number, to: number) => set({ ...h, days: DAYS.map((_, i) => i).filter((i) => from <= to ? i >= from && i <= to : i >= from || i <= to) });
	const pick = (label: Key, v: number, f: (v: number) => void) => (
		<select aria-label={t(label)} value={v} onChange={(e) => f(+e.currentTarget.value)}>{DAYS.map((d, i) => <option key={d} value={i}>{day(i)}</option>)}</select>
	);
	return (
		<li>
			{pick('cam.from', a, (v) => days(v, b))} – {pick('cam.to', b, (v) => days(a, v))}{' '}
			<input type="time" aria-label={t('cam.from')} value={h.from} onInput={(e) => set({ ...h, from: e.currentTarget.value })} /> – {' '}
			<input type="time" aria-label={t('cam.to')} value={h.to} onInput={(e) => set({ ...h, to: e.currentTarget.value })} />{' '}
			<button type="button" class="button" onClick={() => set(null)}>{t('cam.remove')}</button>
		</li>
	);
}

interface FieldsProps { x: Item; page: CameraPage; set: (x: Partial<Item>) => void; remove: () => void }

function Fields({ x, page, set, remove }: FieldsProps): JSX.Element {
	const bodies = page.plan.patient_room;
	const put = (k: number, d: 0 | 1, v: number) =>
		set({ points: x.points.map((p, i) => (i === k ? (d ? [p[0], v] : [v, p[1]]) : p) as Point) });
	return (
		<fieldset class="cam-fields">
			<legend>{named('cam', x.kind)}</legend>
			<label>{t('cam.name')} <input required maxLength={64} value={x.id} onInput={(e) => set({ id: e.currentTarget.value })} /></label>
			{x.kind === 'zones' && <>
				{OFTEN.map((k) => (
					<label class="check" key={k}><input type="checkbox" checked={x[k]} disabled={bodies && (k === 'fall' || k === 'agitation')}
						onChange={(e) => set({ [k]: e.currentTarget.checked })} /> {t(`cam.${k}`)}</label>
				))}
				{bodies && <p class="quiet">{t('cam.patient_room')}</p>}
				{(['loiter_s', 'left_s', 'alive_s', 'crowd'] as const).map((k) => (
					<label key={k}>{t(`cam.${k}`)} <input type="number" min="0" max="86400" step={k === 'crowd' ? 1 : 'any'} value={x[k] || ''}
						disabled={k === 'crowd' && !page.plan.perspective} onInput={(e) => set({ [k]: +e.currentTarget.value || 0 })} /></label>
				))}
				<details><summary>{t('cam.sensitivity')}</summary>
					<label>{t('cam.inertia_s')} <input type="number" min="0" step="any" value={x.inertia_s} onInput={(e) => set({ inertia_s: +e.currentTarget.value })} /></label>
					<label>{t('cam.displacement')} <input type="number" min="0" max="1" step="any" value={x.displacement} onInput={(e) => set({ displacement: +e.currentTarget.value })} /></label>
				</details>
			</>}
			{x.kind === 'lines' ? <>
				<label>{t('cam.door')} <select value={x.door} onChange={(e) => set({ door: e.currentTarget.value })}>
					<option value="">{t('cam.no_door')}</option>
					{x.door && !page.doors.some((d) => x.door === d.id || x.door === d.key) && <option value={x.door}>{x.door}</option>}
					{page.doors.map((d) => <option key={d.id} value={x.door === d.id ? d.id : d.key || d.id}>{d.name}</option>)}
				</select></label>
				<label>{t('cam.wrong_way')} <select value={x.wrong_way} onChange={(e) => set({ wrong_way: e.currentTarget.value })}>
					<option value="">–</option><option value="in">{t('cam.in')}</option><option value="out">{t('cam.out')}</option>
				</select></label>
				<button type="button" class="button" onClick={() => set({ points: [...x.points].reverse() })}>{t('cam.turn')}</button>
			</> : <>
				<ul>{x.hours.map((h, i) => <HoursField key={i} h={h} set={(n) => set({ hours: x.hours.flatMap((o, k) => k !== i ? [o] : n ? [n] : []) })} />)}</ul>
				{x.hours.length === 0 && <p class="quiet">{t('cam.always')}</p>}
				{x.hours.length < 8 && <button type="button" class="button" onClick={() => set({ hours: [...x.hours, { days: [0, 1, 2, 3, 4, 5, 6], from: '20:00', to: '06:00' }] })}>{t('cam.add_hours')}</button>}
			</>}
			<ol class="cam-points" aria-label={t('cam.points')}>
				{x.points.map((p, k) => <li key={k}>{([0, 1] as const).map((d) => (
					<label key={d}>{d ? '↓' : '→'} <input type="number" min="0" max="100" step="0.1" aria-label={`${t('cam.points')} ${k + 1} ${d ? 'y' : 'x'}`}
						value={Math.round(p[d] * 1000) / 10} onInput={(e) => put(k, d, Math.min(1, Math.max(0, +e.currentTarget.value / 100)))} /> %</label>
				))}</li>)}
			</ol>
			<button type="button" class="button" onClick={remove}>{t('cam.remove')}</button>
		</fieldset>
	);
}

function tells(x: Item): string {
	if (x.kind === 'lines') return [x.door, x.wrong_way && `${t('cam.wrong_way')}${colon()}${named('cam', x.wrong_way)}`].filter(Boolean).join(' · ');
	const of = OFTEN.filter((k) => x[k]).map((k) => t(`cam.${k}`));
	const also = (['loiter_s', 'left_s', 'alive_s', 'crowd'] as const).filter((k) => x[k]).map((k) => `${t(`cam.${k}`)}${colon()}${x[k]}`);
	const hours = x.hours.map((h) => `${week(h.days).map((d) => day(d)).join('–')} ${h.from}–${h.to}`);
	return [...of, ...also, hours.join(', ') || t('cam.always')].join(' · ');
}

/* What is looked for here: of each what it can't do, and how often it was wrong. */
function Limits({ all }: { all: readonly Item[] }): JSX.Element | null {
	const of = [...OFTEN.filter((k) => all.some((x) => x.kind !== 'lines' && x[k])), ...(all.some((x) => x.kind === 'lines') ? ['line_crossed'] : [])];
	return of.length ? <p class="quiet">{t('no.notes')}: {of.map((k, i) => <>{i > 0 && ' · '}<a href={`/ethics/${k}`}>{k === 'line_crossed' ? named('cam', 'lines') : t(`cam.${k as (typeof OFTEN)[number]}`)}</a></>)}</p> : null;
}

/* The same as the drawing, in words and numbers. */
function Table({ all, chosen, choose }: { all: readonly Item[]; chosen: number; choose: (i: number) => void }): JSX.Element {
	if (!all.length) return <p class="quiet">{t('cam.nothing')}</p>;
	return (
		<table class="board">
			<thead><tr><th scope="col">{t('cam.name')}</th><th scope="col">{t('cam.tells')}</th><th scope="col">{t('cam.points')}</th></tr></thead>
			<tbody>{all.map((x, i) => (
				<tr key={i}>
					<th scope="row"><button type="button" class="cam-link" aria-pressed={i === chosen} onClick={() => choose(i)}>{x.id}</button> <small>{named('cam', x.kind)}</small></th>
					<td data-label={t('cam.tells')}>{tells(x)}</td>
					<td data-label={t('cam.points')} class="number">{x.points.map((p) => p.map((v) => `${Math.round(v * 100)}`).join('/')).join(' ')}</td>
				</tr>
			))}</tbody>
		</table>
	);
}

function Editor({ page, id, reload }: { page: CameraPage; id: string; reload: () => void }): JSX.Element {
	const before = useMemo(() => items(page.plan), [page]);
	const [all, setAll] = useState(before);
	const [past, setPast] = useState<Item[][]>([]);
	const [chosen, choose] = useState(0);
	const [still, setStill] = useState<{ picture: string | null; aspect: number }>({ picture: null, aspect: WIDE });
	const found = useBoxes(id);
	const [shows, setShows] = useState(true);
	const [lit, light] = useState('');
	const edits = may('configure');
	const put = (next: Item[], begins = true) => {
		if (begins) setPast((p) => [...p.slice(-99), all]);
		setAll(next);
	};
	const change = (part: Partial<Item>, begins = true) => put(all.map((x, i) => i === chosen ? { ...x, ...part } : x), begins);
	const undo = () => {
		const last = past[past.length - 1];
		if (!last) return;
		setAll(last);
		setPast(past.slice(0, -1));
	};
	const x = all[chosen];
	return (
		<Section title={t('cam.watched')}>
			{page.wrong && <p class="problem" role="alert">{page.wrong}</p>}
			{edits && <Still id={id} set={(picture, aspect) => setStill({ picture, aspect })} />}
			<div class="cam-columns" onKeyDown={(e) => { if (e.key === 'z' && (e.ctrlKey || e.metaKey) && !(e.target instanceof HTMLInputElement)) { e.preventDefault(); undo(); } }}>
				<div>
					<Frame boxes={shows ? found ?? [] : []} lit={lit} all={all} chosen={chosen} still={still.picture} aspect={still.aspect} edits={edits} choose={choose} set={(points, begins) => change({ points }, begins)} />
					{edits && <p class="buttons">
						{KINDS.map((kind) => <button key={kind} type="button" class="button" onClick={() => { put([...all, fresh(kind, all)]); choose(all.length); }}>{t(`cam.add_${kind}`)}</button>)}
						<button type="button" class="button" disabled={!past.length} onClick={undo}>{t('undo.undo')}</button>
					</p>}
					<p class="noprint"><label class="check"><input type="checkbox" checked={shows} onChange={(e) => setShows(e.currentTarget.checked)} /> {t('bx.show', { n: found?.length ?? 0 })}</label></p>
					{edits && <p class="quiet noprint">{t('cam.hint')}</p>}
				</div>
				{edits && x && <Fields key={chosen} x={x} page={page} set={change} remove={() => { put(all.filter((_, i) => i !== chosen)); choose(0); }} />}
			</div>
			<Table all={all} chosen={chosen} choose={choose} />
			<Limits all={all} />
			{found && <details class="cam-found">
				<summary>{t('bx.list', { n: found.length })}</summary>
				<Found of={found} lit={lit} light={(x) => { light(x); setShows(true); }} />
			</details>}
			{edits && <Save page={page} before={before} after={all} taken={reload} />}
		</Section>
	);
}

export function CameraView({ id }: { id: string }): JSX.Element {
	const { data: c, problem, reload } = useLive<CameraPage>(`/cameras/${encodeURIComponent(id)}`, (x) => x.kind === 'detection');
	if (!c) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const s = c.source;
	const bad = s.state === 'lost' || s.state === 'silent';
	return (
		<article class="view camera">
			<header class="view-head">
				<p class="crumb"><a href={`/state#${encodeURIComponent(s.id)}`}>{t('view.state')}</a></p>
				<h1>{c.name}</h1>
				<p class={bad ? 'level level-high' : 'quiet'} role="status">{[named('src', s.state), s.since && t('time.since', { at: moment(s.since, minute.value) }),
					s.trouble && named('trouble', s.trouble), s.last && t('st.last', { at: moment(s.last, minute.value) })].filter(Boolean).join(' · ')}</p>
				<p class="quiet">{[c.where, t('cam.fps', { n: c.fps }), c.file].filter(Boolean).join(' · ')} · <a href={`/assets/${encodeURIComponent(id)}`}>{t('view.assets')}</a></p>
			</header>
			<Editor key={JSON.stringify(c.plan)} page={c} id={id} reload={reload} />
			<Section title={t('cam.found')}>
				{c.found.length ? <ul class="list">{c.found.map((f) => (
					<li key={f.rule + f.title}><a href={`/signs?asset=${encodeURIComponent(id)}&rule=${encodeURIComponent(f.rule)}`}>{f.title}</a>{' '}
						<span class="quiet">{t('cam.times', { n: f.n })} · {t('st.last', { at: moment(f.last, minute.value) })}</span></li>
				))}</ul> : <p class="quiet">{t('cam.calm')}</p>}
			</Section>
			{c.floor && may('see.plans') && <Section title={t('inc.where')} class="where-part"><Plan floor={c.floor} lines={[]} here={c.room} /></Section>}
		</article>
	);
}
