/* By a decision, with its reason, everybody stands under another pseudonym from now on. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Section, useAsk, type Asked } from './parts';

const rotate = (answered: (rotated: boolean) => void): Asked => ({
	decision: { kind: 'rotate-keys', subject: 'pseudonyms' }, title: t('ps.ask'), text: <p class="quiet">{t('ps.say')}</p>, yes: t('ps.rotate'),
	reason: 'must', grave: true, answered: (a) => answered((a as { rotated?: boolean } | null)?.rotated === true),
});

export function Pseudonyms({ reload }: { reload: () => void }): JSX.Element {
	const [rotated, end] = useState<boolean | null>(null);
	const [dialog, ask] = useAsk(reload);
	return (
		<Section title={t('ps.title')}>
			<p class="quiet">{t('ps.say')}</p>
			<p class="buttons no-print"><button type="button" class="button" onClick={() => { end(null); ask(rotate(end)); }}>{t('ps.rotate')}</button></p>
			<p role="status" class={rotated === false ? 'warned' : ''}>{rotated !== null && t(rotated ? 'ps.done' : 'ps.not_done')}</p>
			{dialog}
		</Section>
	);
}
