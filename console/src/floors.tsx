/* The buildings as they stand, floor above floor; each floor tells how much is open in it. */
import type { JSX } from 'preact';
import { named, t } from './i18n';
import { LevelMark } from './icons';
import { now, plans } from './state';
import './plan.css';

export function Floors({ floor, choose }: { floor: string | null; choose: (id: string) => void }): JSX.Element | null {
	const buildings = plans.value?.buildings ?? [];
	const open = new Map(now.value?.floors.map((f) => [f.floor, f]));
	const levels = [...new Set(buildings.flatMap((b) => b.floors.map((f) => f.level)))].sort((a, b) => b - a);
	return (
		<div class="floors" role="group" aria-label={t('plan.floors')}>
			{buildings.map((b) => (
				<div class="building" key={b.id}>
					<div class="building-floors">
						{levels.map((level) => {
							const f = b.floors.find((x) => x.level === level);
							if (!f) return <span key={level} class="no-floor" />;
							const o = open.get(f.id);
							const says = o ? t('plan.floor_open', { building: b.name, floor: f.name, n: o.open, level: named('level', o.level) })
								: t('plan.floor_calm', { building: b.name, floor: f.name });
							return (
								<button key={level} type="button" aria-pressed={f.id === floor} title={says}
									class={o ? `floor level-${o.level}` : 'floor'} onClick={() => choose(f.id)}>
									<span>{level}</span>
									{o && <><LevelMark level={o.level} /><b>{o.open}</b></>}
									<span class="unseen"> {says}</span>
								</button>
							);
						})}
					</div>
					<p class="building-name" title={b.name}>{b.name}</p>
				</div>
			))}
		</div>
	);
}
