/* Where: the floors on which the incident has signs, each as a small plan. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { Plan } from '../../plan';
import { may, plans } from '../../state';
import { Section } from '../parts';
import type { Incident } from '../types';

function floorName(id: string): string {
	for (const b of plans.value?.buildings ?? [])
		for (const f of b.floors) if (f.id === id) return `${f.name}, ${b.name}`;
	return id;
}

export function Where({ incident }: { incident: Incident }): JSX.Element | null {
	const floors = incident.line.floors;
	const [chosen, choose] = useState<string | null>(null);
	const floor = chosen && floors.includes(chosen) ? chosen : floors[0];
	if (!floor || !may('see.plans')) return null;
	return (
		<Section title={t('inc.where')} class="where-part">
			{floors.length > 1 && (
				<div class="chips" role="group" aria-label={t('plan.floors')}>
					{floors.map((f) => (
						<button type="button" class="button" key={f} aria-pressed={f === floor} onClick={() => choose(f)}>{floorName(f)}</button>
					))}
				</div>
			)}
			<Plan floor={floor} lines={[incident.line]} chosen={incident.line} />
		</Section>
	);
}
