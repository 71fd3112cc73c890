/* Before what is dangerous: is it still the person who signed in? */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, proving, send } from '../api';
import { t } from '../i18n';
import { problemText } from '../problem';
import { askKey, hasKeys } from '../security-key';
import { session } from '../state';
import { Field } from './sign-in';

const CODE = /^\d{3} ?\d{3}$/;

export function Prove(): JSX.Element {
	const dialog = useRef<HTMLDialogElement>(null);
	const [text, setText] = useState('');
	const [wrong, setWrong] = useState<string | null>(null);
	const asked = useRef(hasKeys ? proving.value!.how.key ?? null : null);
	useEffect(() => {
		dialog.current?.showModal();
		document.getElementById('proof')?.focus();
	}, []);
	const how = proving.value!.how;
	const prove = async (said: object) => {
		setWrong(null);
		try {
			await send('POST', '/session/proof', said);
			proving.value?.done(true);
		} catch (err) {
			if (!(err instanceof Problem)) throw err;
			setText('');
			setWrong(problemText(err, true));
		}
	};
	const submit = async (e: Event) => {
		e.preventDefault();
		await prove(how.second_factor || CODE.test(text) ? { totp: text.replace(/\s/g, '') } : { password: text });
	};
	const touch = async () => {
		const key = await askKey(asked.current!).catch(() => null);
		asked.current = null; /* it is good once */
		if (key) return prove({ key });
		setWrong(t('key.none'));
	};
	return (
		<dialog ref={dialog} class="ask" aria-labelledby="prove-title" onClose={() => proving.value?.done(false)}>
			<form onSubmit={submit}>
				<h2 id="prove-title">{t('prove.title')}</h2>
				<p>{t(how.second_factor ? 'prove.twice' : 'prove.says')}</p>
				{wrong && <p class="problem" role="alert">{wrong}</p>}
				<input type="text" class="unseen" name="username" autocomplete="username" value={session.value!.person.id} readOnly tabIndex={-1} aria-hidden="true" />
				<Field id="proof" label={t(how.second_factor ? 'sign.totp' : 'prove.field')} value={text} set={setText} type="password"
					autocomplete={how.second_factor ? 'one-time-code' : 'current-password'} focus />
				<div class="buttons">
					<button class="button primary">{t('prove.go')}</button>
					{asked.current && <button type="button" class="button" onClick={() => void touch()}>{t('prove.key')}</button>}
					<button type="button" class="button" onClick={() => dialog.current?.close()}>{t('v.cancel')}</button>
				</div>
			</form>
		</dialog>
	);
}
