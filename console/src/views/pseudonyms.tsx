/* By a decision, with its reason, everybody stands under another pseudonym from now on. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { decide, Problem } from '../api';
import { t } from '../i18n';
import { Section } from './parts';
import { ProblemNote } from '../problem';

export function Pseudonyms({ reload }: { reload: () => void }): JSX.Element {
	const [why, say] = useState('');
	const [done, end] = useState('');
	const [problem, fail] = useState<Problem | null>(null);
	const send = () => decide<{ rotated: boolean }>({ kind: 'rotate-keys', subject: 'pseudonyms', text: why.trim() })
		.then((a) => { fail(null); say(''); end(t(a.answer?.rotated ? 'ps.done' : 'ps.not_done')); reload(); }, (e) => fail(e instanceof Problem ? e : null));
	return (
		<Section title={t('ps.title')}>
			<p class="quiet">{t('ps.say')}</p>
			<form class="no-print" onSubmit={(e) => { e.preventDefault(); void send(); }}>
				<label class="field"><span>{t('ps.why')}</span><textarea rows={2} maxLength={1900} required value={why} onInput={(e) => say(e.currentTarget.value)} /></label>
				<p class="buttons"><button type="submit" class="button">{t('ps.rotate')}</button></p>
			</form>
			<p role="status">{done}</p>
			<ProblemNote problem={problem} acting />
		</Section>
	);
}
