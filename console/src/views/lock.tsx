/* The door of a shared post: whoever signed in here comes back by their PIN, to what was open. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, send } from '../api';
import { LanguageChoice } from '../frame';
import { t } from '../i18n';
import { problemText } from '../problem';
import { enter, find, locked, post } from '../state';
import type { Named, Session } from '../types';
import { Field, Form, WithPassword } from './sign-in';

function WithPin({ who, full }: { who: Named; full: (why: string) => void }): JSX.Element {
	const [pin, setPin] = useState('');
	const [wrong, setWrong] = useState<string | null>(null);
	const act = async () => {
		setWrong(null);
		try {
			await enter(await send<Session>('POST', '/session/pin', { person: who.id, pin }));
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setPin('');
			setWrong(problemText(e, true));
			if (e.status === 409) full(problemText(e));
		}
	};
	return (
		<Form what={t('lock.unlock')} act={act}>
			{wrong && <p class="problem" role="alert">{wrong}</p>}
			<input type="text" class="unseen" name="username" autocomplete="username" value={who.id} readOnly tabIndex={-1} aria-hidden="true" />
			<Field id="door-pin" label={t('lock.pin', { name: who.name })} value={pin} set={setPin} type="password" autocomplete="off" numeric focus />
		</Form>
	);
}

export function Lock(): JSX.Element {
	const here = post.value!;
	const [who, setWho] = useState<Named | null>(null);
	const [full, setFull] = useState<string | null>(null); /* why the password is asked for */
	const dialog = useRef<HTMLDialogElement>(null);
	const show = () => {
		if (!locked.value || dialog.current?.open) return;
		dialog.current?.showModal();
		dialog.current?.querySelector<HTMLElement>('input:not(.unseen), .big')?.focus();
	};
	useEffect(show, []); /* above any dialog that was open */
	useEffect(() => { document.title = `${t('lock.title')} · ${here.name}`; }, []);
	useEffect(() => { /* opened in another window of this post */
		const look = async () => {
			if (document.hidden || !locked.value) return;
			const s = await find();
			if (s && locked.value) await enter(s); /* nobody came by their PIN meanwhile */
		};
		document.addEventListener('visibilitychange', look);
		return () => document.removeEventListener('visibilitychange', look);
	}, []);
	const byPassword = full !== null || !here.people.length;
	return (
		<dialog class="gate lock-door" ref={dialog} aria-labelledby="lock-title" onCancel={(e) => e.preventDefault()} onClose={show}>
			<div class="gate-card">
				<h1 id="lock-title">{t('lock.title')}</h1>
				<p class="quiet">{here.name}</p>
				{full && <p class="problem" role="alert">{full}</p>}
				{byPassword ? <WithPassword first={who?.id ?? ''} /> : who ? <WithPin key={who.id} who={who} full={setFull} />
					: <ul class="list" aria-label={t('lock.who')}>
						{here.people.map((p) => <li key={p.id}><button type="button" class="button big" onClick={() => setWho(p)}>{p.name}</button></li>)}
					</ul>}
				{here.people.length > 0 && (byPassword || who) &&
					<button type="button" class="plain" onClick={() => { setWho(null); setFull(null); }}>{t('lock.back')}</button>}
				{!byPassword && !who && <button type="button" class="plain" onClick={() => setFull('')}>{t('lock.other')}</button>}
			</div>
			<div class="gate-foot"><LanguageChoice /></div>
		</dialog>
	);
}
