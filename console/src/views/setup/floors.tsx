/* Which floor is drawn. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { ask, query } from '../../router';
import { plans, useLive } from '../../state';
import type { FloorPlan } from '../../types';
import { Failed } from '../parts';
import { useBook } from './book';
import { Editor } from './draw';
import { Pick } from './parts';
import type { StepProps } from './types';

export function Floors({ setup, take }: StepProps): JSX.Element {
	const all = plans.value?.buildings.flatMap((b) => b.floors.map((f) => ({ id: f.id, name: `${b.name}, ${f.name}` }))) ?? [];
	const at = all.find((f) => f.id === query.value.get('floor')) ?? all.at(-1);
	const plan = useLive<FloorPlan>(at ? `/plans/${encodeURIComponent(at.id)}` : null, () => false);
	const { book, problem, reload } = useBook('rooms doors plan');
	const [turn, again] = useState(0);
	if (!at) return <p>{t('set.no_floor')} <a href="/setup?step=house">{t('set.house')}</a></p>;
	if (problem) return <Failed problem={problem} retry={reload} />;
	const none = plan.problem?.status === 404; /* a floor without a room */
	return <>
		<Pick label={t('set.floor')} of={all} value={at.id} set={(floor) => ask({ floor })} />
		{book && (plan.data || none)
			? <Editor key={`${at.id} ${turn}`} floor={at} plan={plan.data ?? null} book={book} zones={setup.zones} take={(files) => { take(t('set.draw_why', { floor: at.name }), files, `draw.${at.id}`); again(turn); }} />
			: <p class="quiet" aria-busy="true">{t('app.loading')}</p>}
	</>;
}
