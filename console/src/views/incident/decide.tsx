/* What the reader can decide of the incident, by its state and their rights. */
import type { JSX } from 'preact';
import { named, t, type Key } from '../../i18n';
import { Section, type Asked } from '../parts';
import type { Incident } from '../types';

const ORDER = ['on-my-way', 'confirm', 'contain', 'recover', 'close', 'dismiss', 'reopen', 'note'] as const;

export function askOf(kind: string, incident: Incident): Asked {
	return {
		decision: { kind, subject: incident.incident },
		title: t(`ask.${kind}` as Key),
		text: <p class="quiet">{incident.line.sentence}</p>,
		yes: named('do', kind),
		reason: kind === 'dismiss' || kind === 'note' ? 'must' : 'may',
		grave: kind === 'dismiss',
	};
}

export function Decide({ incident, ask }: { incident: Incident; ask: (a: Asked) => void }): JSX.Element | null {
	const kinds = ORDER.filter((k) => incident.may.includes(k));
	const take = incident.may.includes('acknowledge') && !incident.line.taken;
	if (!kinds.length && !take) return null;
	return (
		<Section title={t('inc.decide')} class="decide">
			<div class="buttons">
				{take && (
					<button type="button" class="button primary" onClick={() => ask(askOf('acknowledge', incident))}>{named('do', 'acknowledge')}</button>
				)}
				{kinds.map((k) => (
					<button type="button" class="button" key={k} onClick={() => ask(askOf(k, incident))}>{named('do', k)}</button>
				))}
			</div>
		</Section>
	);
}
