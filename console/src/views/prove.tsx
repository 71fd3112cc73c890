/* Before what is dangerous: is it still the person who signed in? */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, proving, send } from '../api';
import { t } from '../i18n';
import { problemText } from '../problem';
import { session } from '../state';
import { Field } from './sign-in';

const CODE = /^\d{3} ?\d{3}$/;

export function Prove(): JSX.Element {
	const dialog = useRef<HTMLDialogElement>(null);
	const [text, setText] = useState('');
	const [wrong, setWrong] = useState<string | null>(null);
	useEffect(() => {
		dialog.current?.showModal();
		document.getElementById('proof')?.focus();
	}, []);
	const submit = async (e: Event) => {
		e.preventDefault();
		setWrong(null);
		try {
			await send('POST', '/session/proof', CODE.test(text) ? { totp: text.replace(' ', '') } : { password: text });
			proving.value?.(true);
		} catch (err) {
			if (!(err instanceof Problem)) throw err;
			setText('');
			setWrong(problemText(err, true));
		}
	};
	return (
		<dialog ref={dialog} class="ask" aria-labelledby="prove-title" onClose={() => proving.value?.(false)}>
			<form onSubmit={submit}>
				<h2 id="prove-title">{t('prove.title')}</h2>
				<p>{t('prove.says')}</p>
				{wrong && <p class="problem" role="alert">{wrong}</p>}
				<input type="text" class="unseen" name="username" autocomplete="username" value={session.value!.person.id} readOnly tabIndex={-1} aria-hidden="true" />
				<Field id="proof" label={t('prove.field')} value={text} set={setText} type="password" autocomplete="current-password" focus />
				<div class="buttons">
					<button class="button primary">{t('prove.go')}</button>
					<button type="button" class="button" onClick={() => dialog.current?.close()}>{t('v.cancel')}</button>
				</div>
			</form>
		</dialog>
	);
}
