/* What stands around every view: band of an exercise, top bar, rail, and what is said aloud. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { ROUTES } from './app';
import { proving, refresh, staleSince } from './api';
import { clock, clockSeconds, day, moment, span } from './format';
import { LANGUAGES, language, setLanguage, t, type Language } from './i18n';
import { Icon } from './icons';
import { bound, keysOn, setKeysOn, useKeys, type Binding } from './keys';
import { go } from './router';
import { Search } from './search';
import { alarm, lock, locked, may, minute, now, post, said, second, session, signOut, theme, worst, type Theme } from './state';
import { Undo } from './undo';
import { Lock } from './views/lock';
import { News } from './views/news';
import { Prove } from './views/prove';

function Stale(): JSX.Element | null {
	const at = staleSince.value;
	if (!at) return null;
	return (
		<span class="stale"><Icon name="link_lost" />
			<span>{t('app.stale', { at: moment(at, minute.value), t: span(second.value - Date.parse(at)) })}</span></span>
	);
}

export function LanguageChoice(): JSX.Element {
	return (
		<select aria-label={t('app.language')} value={language.value}
			onChange={(e) => void setLanguage(e.currentTarget.value as Language, true).then(refresh)}>
			{Object.entries(LANGUAGES).map(([id, name]) => <option key={id} value={id} lang={id}>{name}</option>)}
		</select>
	);
}

export function ThemeChoice(): JSX.Element {
	return (
		<select aria-label={t('app.theme')} value={theme.value}
			onChange={(e) => { theme.value = e.currentTarget.value as Theme; }}>
			{(['system', 'light', 'dark'] as const).map((v) => <option key={v} value={v}>{t(`theme.${v}`)}</option>)}
		</select>
	);
}

function Account({ onKeys }: { onKeys: () => void }): JSX.Element {
	const s = session.value!;
	const ref = useRef<HTMLDetailsElement>(null);
	useEffect(() => {
		const close = (e: Event) => {
			const d = ref.current;
			if (!d?.open) return;
			if (e instanceof KeyboardEvent) {
				if (e.key !== 'Escape') return;
				d.querySelector('summary')?.focus();
			} else if (d.contains(e.target as Node)) return;
			d.open = false;
		};
		document.addEventListener('click', close);
		document.addEventListener('keydown', close);
		return () => {
			document.removeEventListener('click', close);
			document.removeEventListener('keydown', close);
		};
	}, []);
	return (
		<details class="account" ref={ref}>
			<summary title={t('app.account', { name: s.person.name })}>
				<Icon name="person" />
				<span class="account-who"><b>{s.person.name}</b><small>{s.roles[0]?.name}</small></span>
			</summary>
			<div class="menu">
				<p class="menu-who"><b>{s.person.name}</b>{s.roles.map((r) => <small key={r.id}>{r.name}</small>)}
					{s.places.map((p) => <small key={p.id}><Icon name="place" />{p.name}</small>)}</p>
				<label>{t('app.language')}<LanguageChoice /></label>
				<label>{t('app.theme')}<ThemeChoice /></label>
				<a class="button" href="/account">{t('view.account')}</a>
				<button type="button" onClick={onKeys}><Icon name="keyboard" />{t('app.keys')}</button>
				<button type="button" onClick={() => print()}><Icon name="print" />{t('app.print')}</button>
				<button type="button" onClick={() => void signOut()}>{t('app.sign_out')}</button>
			</div>
		</details>
	);
}

function KeysDialog({ dialog }: { dialog: { current: HTMLDialogElement | null } }): JSX.Element {
	return (
		<dialog ref={dialog} aria-labelledby="keys-title" onClick={(e) => { if (e.target === e.currentTarget) e.currentTarget.close(); }}>
			<h2 id="keys-title">{t('keys.title')}</h2>
			<dl class="keys">
				{bound.value.map((b) => (
					<div key={b.keys}>
						<dt>{b.keys.split(' ').map((k) => <kbd key={k}>{k}</kbd>)}</dt>
						<dd>{t(b.says, b.view ? { view: t(b.view) } : {})}</dd>
					</div>
				))}
			</dl>
			<label class="check"><input type="checkbox" checked={keysOn.value} onChange={(e) => setKeysOn(e.currentTarget.checked)} />
				{t('keys.on')}</label>
			<form method="dialog"><button class="button">{t('app.close')}</button></form>
		</dialog>
	);
}

function Rail({ here }: { here: string }): JSX.Element {
	const open = now.value?.open_total ?? 0;
	const level = worst(now.value?.incidents.map((l) => l.level) ?? []);
	return (
		<nav class="rail" aria-label={t('app.views')}>
			{ROUTES.filter((r) => r.rail && (!r.right || may(r.right))).map((r) => (
				<a key={r.title} href={r.rail!.href} aria-current={here.startsWith(r.rail!.href) ? 'page' : undefined}>
					<Icon name={r.rail!.icon} /><span>{t(r.title)}</span>
					{r.title === 'view.now' && open > 0 && level &&
						<span class={`count level-${level}`}>{open}<span class="unseen"> {t('now.count', { n: open })}</span></span>}
				</a>
			))}
		</nav>
	);
}

export function ExerciseBand(): JSX.Element | null {
	if (!session.value?.hospital.exercise) return null;
	return <aside class="band" aria-label={t('app.exercise')}><b>{t('app.exercise')}</b><span>{t('app.exercise_says')}</span></aside>;
}

interface FrameProps { title: string; here: string; wall: boolean; children: ComponentChildren }

export function Frame({ title, here, wall, children }: FrameProps): JSX.Element {
	const s = session.value!;
	const main = useRef<HTMLElement>(null);
	const dialog = useRef<HTMLDialogElement>(null);
	const was = useRef(here);
	const open = now.value?.open_total ?? 0;

	useEffect(() => {
		const base = `${open ? `(${open}) ` : ''}${title} · ${s.hospital.name}`;
		document.title = s.hospital.exercise ? t('app.exercise_title', { title: base }) : base;
	}, [title, open, s, language.value]);
	useEffect(() => { /* another view: where it begins */
		if (was.current !== here) main.current?.focus();
		document.querySelector('.rail [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }); /* on a phone not all are seen */
		was.current = here;
	}, [here]);
	useEffect(() => {
		document.documentElement.toggleAttribute('data-wall', wall);
	}, [wall]);

	const keys = useMemo<Binding[]>(() => [
		...ROUTES.flatMap((r) => r.rail && (!r.right || may(r.right))
			? [{ keys: r.rail.key, says: 'keys.go' as const, view: r.title, run: () => go(r.rail!.href) }] : []),
		{ keys: '/', says: 'keys.search', run: () => document.querySelector<HTMLInputElement>('#search')?.focus() },
		{ keys: '?', says: 'keys.help', run: () => dialog.current?.showModal() },
	], [s]);
	useKeys(keys);
	useEffect(() => {
		const onKey = (e: KeyboardEvent) => {
			if (!post.value || !e.ctrlKey || !e.altKey || e.code !== 'KeyL') return;
			e.preventDefault();
			void lock();
		};
		document.addEventListener('keydown', onKey);
		return () => document.removeEventListener('keydown', onKey);
	}, []);

	return (
		<>
		<div class={`frame${wall ? ' wall' : ''}${locked.value ? ' is-locked' : ''}`} inert={locked.value}>
			<a class="skip" href="#main">{t('app.skip')}</a>
			<ExerciseBand />
			<header class="top">
				<p class="house"><b>{s.hospital.name}</b><span>{s.hospital.city}</span></p>
				{wall ? <h1 class="wall-title">{title}</h1> : <Search />}
				<p class="time"><time>{wall ? clock(second.value) : clockSeconds(second.value)}</time><span>{day(second.value)}</span></p>
				{!wall && <div class="who">
					{s.post && <button type="button" class="button lock" onClick={() => void lock()} title={t('lock.keys')}>{t('lock.lock')}</button>}
					<Account onKeys={() => dialog.current?.showModal()} />
				</div>}
				<div class="link" role="status"><Stale /></div>
			</header>
			{s.hospital.exercise && !wall && !may('exercise') && <News />}
			{!wall && <Rail here={here} />}
			<main id="main" tabIndex={-1} ref={main} class={staleSince.value ? 'is-stale' : ''}>{children}</main>
			<Undo />
			<div class="unseen" role="status">{said.value}</div>
			<div class="unseen" role="alert">{alarm.value}</div>
			<KeysDialog dialog={dialog} />
		</div>
		{locked.value && <Lock />}
		{proving.value && !locked.value && <Prove />}
		</>
	);
}
