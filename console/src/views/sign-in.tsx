/* The door: person and password (and code), or a one-time code, then the choice of a password. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, Problem, send } from '../api';
import { LanguageChoice, ThemeChoice } from '../frame';
import { language, t } from '../i18n';
import { ProblemNote, problemText } from '../problem';
import { go } from '../router';
import { askKey, hasKeys } from '../security-key';
import { enter, refused, session, signOut } from '../state';
import type { Session } from '../types';

const PASSWORD_MIN = 12;

/* From a link like https://ward/sign-in#code=…: it is taken out of the address at once. */
function codeOfAddress(): string {
	const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
	if (code) history.replaceState(null, '', location.pathname + location.search);
	return code;
}

export interface FieldProps {
	id: string; label: string; hint?: string; value: string; set: (v: string) => void;
	type?: string; autocomplete: string; required?: boolean; numeric?: boolean; focus?: boolean;
}

export function Field({ id, label, hint, value, set, type = 'text', autocomplete, required = true, numeric, focus }: FieldProps): JSX.Element {
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<input id={id} name={id} type={type} value={value} required={required} autocomplete={autocomplete} autocapitalize="off"
				spellcheck={false} inputMode={numeric ? 'numeric' : undefined} aria-describedby={hint ? `${id}-hint` : undefined}
				ref={(e) => { if (focus && e && !e.dataset.focused) { e.dataset.focused = '1'; e.focus(); } }}
				onInput={(e) => set(e.currentTarget.value)} />
			{hint && <small id={`${id}-hint`}>{hint}</small>}
		</div>
	);
}

export function Form({ what, act, children }: { what: string; act: () => Promise<void>; children: ComponentChildren }): JSX.Element {
	const [busy, setBusy] = useState(false);
	const submit = async (e: Event) => {
		e.preventDefault();
		if (busy) return;
		setBusy(true);
		await act();
		setBusy(false);
	};
	return (
		<form onSubmit={submit}>
			{children}
			<button class="button primary" aria-disabled={busy}>{busy ? t('sign.working') : what}</button>
		</form>
	);
}

interface Ways { directory: { kind: 'oidc' | 'ldaps'; name: string; reachable: boolean } | null }

/* The hospital's own directory: a button where it has a page of its own, a word where it takes the password below, and what
 * to do while it is out of reach. */
function Directory({ of }: { of: Ways['directory'] }): JSX.Element | null {
	if (!of) return null;
	return (
		<>
			{!of.reachable && <p class="problem" role="status">{t('sign.away', { name: of.name })}</p>}
			{of.kind === 'oidc' && <a class="button primary" href="/api/v1/session/oidc">{t('sign.with', { name: of.name })}</a>}
			{of.kind === 'ldaps' && of.reachable && <p>{t('sign.by', { name: of.name })}</p>}
		</>
	);
}

export function WithPassword({ first }: { first?: string }): JSX.Element {
	const [person, setPerson] = useState(first ?? localStorage.getItem('ward.person') ?? '');
	const [password, setPassword] = useState('');
	const [totp, setTotp] = useState('');
	const [wrong, setWrong] = useState<string | null>(null);
	const act = async () => {
		setWrong(null);
		try {
			const said = { person: person.trim(), password, ...(totp ? { totp: totp.replace(/\s/g, '') } : {}) };
			let s: Session;
			try {
				s = await send<Session>('POST', '/session', said);
			} catch (e) {
				const asked = e instanceof Problem && e.more.key;
				if (!asked) throw e;
				setWrong(t('key.touch'));
				const key = hasKeys ? await askKey(asked) : null;
				if (!key) return setWrong(t(hasKeys ? 'key.none' : 'key.name'));
				s = await send<Session>('POST', '/session', { ...said, key });
			}
			localStorage.setItem('ward.person', s.person.id);
			await enter(s);
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setPassword('');
			setWrong(e.status === 401 ? t('sign.wrong') : problemText(e, true));
		}
	};
	return (
		<Form what={t('sign.in')} act={act}>
			{wrong && <p class="problem" role="alert">{wrong}</p>}
			<Field id="person" label={t('sign.person')} hint={t('sign.person_hint')} value={person} set={setPerson} autocomplete="username" focus={!person} />
			<Field id="password" label={t('sign.password')} value={password} set={setPassword} type="password" autocomplete="current-password" focus={!!person} />
			<Field id="totp" label={t('sign.totp')} hint={t('sign.totp_hint')} value={totp} set={setTotp} autocomplete="one-time-code" required={false} numeric />
		</Form>
	);
}

function WithCode({ first }: { first: string }): JSX.Element {
	const [code, setCode] = useState(first);
	const [wrong, setWrong] = useState<string | null>(null);
	const act = async () => {
		setWrong(null);
		try {
			const s = await send<Session>('POST', '/session/code', { code: code.trim() });
			localStorage.setItem('ward.person', s.person.id);
			await enter(s);
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setWrong(e.status === 401 || e.status === 404 ? t('sign.wrong_code') : problemText(e, true));
		}
	};
	return ( /* a link that somebody else sent signs nobody in: it is pressed, and then says whose account it is */
		<Form what={t('sign.in')} act={act}>
			{first && <p>{t('sign.brought')}</p>}
			{wrong && <p class="problem" role="alert">{wrong}</p>}
			<Field id="code" label={t('sign.code')} hint={t('sign.code_hint')} value={code} set={setCode} autocomplete="one-time-code" focus />
		</Form>
	);
}

function ChoosePassword(): JSX.Element {
	const [password, setPassword] = useState('');
	const [again, setAgain] = useState('');
	const [show, setShow] = useState(false);
	const [wrong, setWrong] = useState<string | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const act = async () => {
		setProblem(null);
		setWrong(null);
		if ([...password].length < PASSWORD_MIN) return setWrong(t('sign.too_short'));
		if (password !== again) return setWrong(t('sign.differ'));
		try {
			await send('POST', '/session/password', { password });
			await enter(await get<Session>('/session')); /* the rights come with the password */
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setProblem(e);
		}
	};
	const type = show ? 'text' : 'password';
	return (
		<Form what={t('sign.set')} act={act}>
			<p><strong>{t('sign.whose', { name: session.value!.person.name, id: session.value!.person.id })}</strong> {t('sign.choose_says', { person: session.value!.person.id })}</p>
			<ProblemNote problem={problem} acting />
			{wrong && <p class="problem" role="alert">{wrong}</p>}
			<input type="text" class="unseen" name="username" autocomplete="username" value={session.value!.person.id} readOnly tabIndex={-1} aria-hidden="true" />
			<Field id="new-password" label={t('sign.new')} hint={t('sign.new_hint')} value={password} set={setPassword} type={type} autocomplete="new-password" focus />
			<Field id="again" label={t('sign.again')} value={again} set={setAgain} type={type} autocomplete="new-password" />
			<label class="check"><input type="checkbox" checked={show} onChange={(e) => setShow(e.currentTarget.checked)} />{t('sign.show')}</label>
		</Form>
	);
}

export function SignIn(): JSX.Element {
	const [code, setCode] = useState(codeOfAddress);
	const [byCode, setByCode] = useState(!!code);
	const [ways, setWays] = useState<Ways>({ directory: null });
	const elsewhere = ways.directory?.kind === 'oidc' && ways.directory.reachable;
	const choosing = !!session.value?.must_set_password;
	const title = t(choosing ? 'sign.choose' : 'sign.title');
	useEffect(() => { document.title = `${title} · Ward`; }, [title, language.value]);
	useEffect(() => { get<Ways>('/session/ways').then(setWays, () => undefined); }, []); /* without it: by password */
	useEffect(() => { /* the link is opened where this page is open already: only what is behind '#' changes */
		const later = () => {
			const c = codeOfAddress();
			if (!c) return;
			setCode(c);
			setByCode(true);
		};
		addEventListener('hashchange', later);
		return () => removeEventListener('hashchange', later);
	}, []);
	useEffect(() => { /* a page that waited for the session stays where it is */
		if (location.pathname === '/') go('/sign-in', true);
	}, []);
	return (
		<div class="gate">
			<main class="gate-card">
				<img src="/icon.svg" alt="" width="48" height="48" />
				<h1>{title}</h1>
				{refused.value && <ProblemNote problem={refused.value} />}
				{!choosing && !byCode && <Directory of={ways.directory} />}
				{choosing ? <ChoosePassword /> : byCode ? <WithCode key={code} first={code} /> : elsewhere ? <details><summary>{t('sign.here')}</summary><WithPassword /></details> : <WithPassword />}
				{choosing && <button type="button" class="plain" onClick={() => void signOut()}>{t('sign.not_me')}</button>}
				{!choosing && <button type="button" class="plain" onClick={() => setByCode(!byCode)}>{t(byCode ? 'sign.with_password' : 'sign.with_code')}</button>}
			</main>
			<footer class="gate-foot"><LanguageChoice /><ThemeChoice /></footer>
		</div>
	);
}
