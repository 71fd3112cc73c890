/* On the phone: what somebody saw, or a call for help. Works with one hand, in the dark, and while
 * the link is lost: what is sent is kept here until Ward has answered. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, Problem } from '../api';
import { clock } from '../format';
import { colon, named, t } from '../i18n';
import { Icon } from '../icons';
import { forget, post, waiting, type Waiting } from '../outbox';
import { Plan } from '../plan';
import { may, now, session } from '../state';
import { FilePart } from './file';
import { Section } from './parts';
import { ReportLine, useReports } from './reports';
import type { Model, Place } from './types';
import './views.css';

const KINDS = ['fire', 'violence', 'bomb', 'person', 'device', 'other'] as const;
type Kind = (typeof KINDS)[number];
const KEPT = 'ward.places'; /* the last places of this device, the newest first */
const PICKED = ['room', 'zone', 'floor', 'building', 'site'];

interface Kept { id: string; name: string }

function keptPlaces(): Kept[] {
	try {
		const v: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
		return Array.isArray(v) ? v.filter((p): p is Kept => typeof p?.id === 'string' && typeof p?.name === 'string').slice(0, 4) : [];
	} catch { /* somebody else wrote there */
		return [];
	}
}

function keep(p: Kept): void {
	localStorage.setItem(KEPT, JSON.stringify([p, ...keptPlaces().filter((k) => k.id !== p.id)].slice(0, 4)));
}

/* Places to choose from: of the model where the reader may see it, else those of the session. */
function usePlaces(): Place[] {
	const [places, set] = useState<Place[]>([]);
	useEffect(() => {
		const own = (session.value?.places ?? []).map((p): Place => ({ ...p, kind: 'place', parent: null }));
		if (!may('see.plans')) {
			set(own);
			return;
		}
		get<Model>('/model').then((m) => set(m.places), (e) => {
			if (!(e instanceof Problem)) throw e;
			set(own);
		});
	}, []);
	return places;
}

const plain = (s: string): string => s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function PlacePicker({ places, chosen, choose }: { places: Place[]; chosen: Kept | null; choose: (p: Kept | null) => void }): JSX.Element {
	const [q, setQ] = useState('');
	const byId = useMemo(() => new Map(places.map((p) => [p.id, p])), [places]);
	const of = (p: Place) => {
		const floor = p.parent ? byId.get(p.parent) : undefined;
		const house = floor?.parent ? byId.get(floor.parent) : undefined;
		return [floor?.name, house?.kind === 'building' ? house.name : undefined].filter(Boolean).join(', ');
	};
	const found = useMemo(() => {
		const words = plain(q).split(/\s+/).filter(Boolean);
		return places.filter((p) => PICKED.includes(p.kind) || p.kind === 'place')
			.filter((p) => words.every((w) => plain(`${p.name} ${p.id} ${of(p)}`).includes(w))).slice(0, 30);
	}, [q, places]);
	if (chosen)
		return (
			<p class="chosen">
				<Icon name="place" /><strong>{chosen.name}</strong>
				<button type="button" class="button" onClick={() => choose(null)}>{t('rep.other_place')}</button>
			</p>
		);
	return (
		<div class="picker">
			<label class="field">
				<span>{t('rep.where')}</span>
				<input type="search" value={q} autocomplete="off" placeholder={t('rep.where_hint')} onInput={(e) => setQ(e.currentTarget.value)} />
			</label>
			{!q && keptPlaces().length > 0 && (
				<ul class="picks" aria-label={t('rep.last_places')}>
					{keptPlaces().map((p) => <li key={p.id}><button type="button" class="button" onClick={() => choose(p)}><Icon name="clock" />{p.name}</button></li>)}
				</ul>
			)}
			<ul class="picks" aria-label={t('rep.places')}>
				{(q || places.length < 9 ? found : []).map((p) => (
					<li key={p.id}>
						<button type="button" class="button" onClick={() => choose({ id: p.id, name: p.name })}>
							<span>{p.name}</span><span class="quiet">{of(p)}</span>
						</button>
					</li>
				))}
			</ul>
			{q && !found.length && <p class="quiet">{t('search.none', { q })}</p>}
		</div>
	);
}

/* Where that is, with what is open there; a room that is touched is where the reader is. */
function Around({ place, places, choose }: { place: Kept; places: Place[]; choose: (p: Kept) => void }): JSX.Element | null {
	const at = places.find((p) => p.id === place.id);
	const floor = at?.kind === 'floor' ? at.id : at?.kind === 'room' ? at.parent : null;
	if (!floor || !may('see.plans')) return null;
	return (
		<Section title={t('rep.around')} class="where-part">
			<p class="quiet">{t('rep.around_hint')}</p>
			<Plan floor={floor} lines={now.value?.incidents ?? []} here={place.id} pick={(r) => choose({ id: r.id, name: r.name })} />
		</Section>
	);
}

function Outbox({ all, sent }: { all: readonly Waiting[]; sent: readonly Sent[] }): JSX.Element | null {
	const done = sent.filter((s) => !all.some((w) => w.id === s.id));
	if (!all.length && !done.length) return null;
	return (
		<section class="outbox" aria-live="polite" aria-label={t('rep.outbox')}>
			<ul class="list">
				{all.map((w) => (
					<li key={w.id} class={w.refused ? 'warned' : ''}>
						<Icon name={w.refused ? 'close' : w.unkept ? 'check' : 'clock'} />
						<span><strong>{w.label}</strong> {clock(w.at)}: {w.refused ? t('rep.refused', { why: w.refused }) : w.unkept ? t('rp.unkept', { why: w.unkept }) : t(w.loose ? 'rep.waits_here' : 'rep.waits')}</span>
						{(w.refused || w.unkept) && <button type="button" class="button" onClick={() => void forget(w.id)}>{t('app.close')}</button>}
					</li>
				))}
				{done.map((s) => (
					<li key={s.id}><Icon name="check" /><span><strong>{s.label}</strong> {clock(s.at)}{colon()}{t('rep.sent')}</span></li>
				))}
			</ul>
		</section>
	);
}

interface Sent { id: string; label: string; at: number }

const LONGEST = 1600; /* pixels: enough to see what it is, and soon there over a weak link */

/* What Ward can read, as a JPEG of that size at most; without where and by which phone it was taken. */
async function smaller(f: File): Promise<Blob> {
	const of = await createImageBitmap(f);
	const by = Math.min(1, LONGEST / Math.max(of.width, of.height));
	const c = document.createElement('canvas');
	[c.width, c.height] = [Math.round(of.width * by), Math.round(of.height * by)];
	c.getContext('2d')!.drawImage(of, 0, 0, c.width, c.height);
	of.close();
	return new Promise((done, fail) => c.toBlob((b) => b ? done(b) : fail(new Error()), 'image/jpeg', 0.85));
}

/* What the reader reported, and what came of it. */
function Mine(): JSX.Element | null {
	const mine = useReports(true).filter((r) => r.own).slice(0, 10);
	return mine.length ? <Section title={t('rp.mine')}><ul class="log">{mine.map((r) => <ReportLine key={r.id} r={r} />)}</ul></Section> : null;
}

export function ReportView(): JSX.Element {
	const places = usePlaces();
	const [place, setPlace] = useState<Kept | null>(keptPlaces()[0] ?? null);
	const [kind, setKind] = useState<Kind | null>(null);
	const [text, setText] = useState('');
	const [sure, setSure] = useState(false);
	const [sent, setSent] = useState<Sent[]>([]);

	/* A call for help does not wait for a place: without one it goes to all that the person has, or the whole site. */
	const anywhere = place ?? session.value?.places[0] ?? places.find((p) => p.kind === 'site' || p.kind === 'building') ?? null;

	const [photo, setPhoto] = useState<Blob | null>(null);
	const [shown, show] = useState('');
	const file = useRef<HTMLInputElement>(null);
	const take = (b: Blob | null) => {
		if (shown) URL.revokeObjectURL(shown);
		show(b ? URL.createObjectURL(b) : '');
		setPhoto(b);
		if (!b && file.current) file.current.value = '';
	};
	const out = async (what: 'report' | 'panic', label: string, at: Kept) => {
		if (place) keep(place);
		const full = `${label}, ${at.name}`;
		const id = await post({
			label: full, ...(what === 'report' && photo ? { photo } : {}),
			decision: {
				kind: what, subject: at.id, ...(text.trim() ? { text: text.trim() } : {}),
				...(what === 'report' && kind ? { args: { report: kind } } : {}),
			},
		});
		setSent((s) => [{ id, label: full, at: Date.now() }, ...s].slice(0, 5));
		take(null);
		setKind(null);
		setText('');
		setSure(false);
	};
	return (
		<div class="view report">
			<h1>{t('view.report')}</h1>
			<PlacePicker places={places} chosen={place} choose={(p) => { setPlace(p); setSure(false); }} />
			<Outbox all={waiting.value} sent={sent} />
			<section class="panic" aria-label={t('rep.panic')}>
				{sure && anywhere ? (
					<>
						<p><strong>{t('rep.panic_sure', { place: anywhere.name })}</strong></p>
						<button type="button" class="button alarm big" onClick={() => void out('panic', t('rep.panic'), anywhere)}>{t('rep.panic_yes')}</button>
						<button type="button" class="button big" onClick={() => setSure(false)}>{t('v.cancel')}</button>
					</>
				) : (
					<button type="button" class="button alarm big" disabled={!anywhere} onClick={() => setSure(true)}>{t('rep.panic')}</button>
				)}
				<p class="quiet">{t('rep.panic_says')}</p>
			</section>
			<form onSubmit={(e) => { e.preventDefault(); if (kind && place) void out('report', named('seen', kind), place); }}>
				<fieldset class="kinds">
					<legend>{t('rep.what')}</legend>
					{KINDS.map((k) => (
						<button type="button" class="button" key={k} aria-pressed={kind === k} onClick={() => setKind(kind === k ? null : k)}>{named('seen', k)}</button>
					))}
				</fieldset>
				<label class="field">
					<span>{t('rep.text')}</span>
					<textarea rows={2} maxLength={1900} value={text} onInput={(e) => setText(e.currentTarget.value)} />
				</label>
				<label class="field">
					<span>{t('rp.photo')}</span>
					<input ref={file} type="file" accept="image/*" capture="environment" onChange={(e) => { const f = e.currentTarget.files?.[0]; if (f) void smaller(f).then(take, () => take(null)); }} />
					<small class="quiet">{t('rp.photo_says')}</small>
				</label>
				{shown && <p class="rep-photo"><img src={shown} alt={t('rp.photo')} /> <button type="button" class="button" onClick={() => take(null)}>{t('rp.without')}</button></p>}
				<button type="submit" class="button primary big" disabled={!place || !kind}>{t('rep.send')}</button>
				{(!place || !kind) && <p class="quiet">{t(!place ? 'rep.need_place' : 'rep.need_kind')}</p>}
			</form>
			<FilePart />
			<Mine />
			{place && <Around place={place} places={places} choose={setPlace} />}
		</div>
	);
}
