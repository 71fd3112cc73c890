/* A house laid out from some answers: buildings, wards, services and what they hang on, as they usually are. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { get, Problem } from '../../api';
import { language, t } from '../../i18n';
import { ProblemNote } from '../../problem';
import { useLive } from '../../state';
import { Failed } from '../parts';
import type { File } from './book';
import { Field, Pick, useDraft } from './parts';
import type { StepProps } from './types';

interface Question { id: string; ask: string; usual: string; min?: number; max?: number }

export function Answers({ take }: { take: StepProps['take'] }): JSX.Element {
	const { data, problem, reload } = useLive<{ questions: Question[] }>(`/config/questions?lang=${language.value}`, () => false);
	const [said, set] = useDraft<Record<string, string>>('house.answers', {});
	const [busy, setBusy] = useState(false);
	const [wrong, setWrong] = useState<Problem | null>(null);
	if (!data) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const submit = async (e: Event) => {
		e.preventDefault();
		setBusy(true);
		setWrong(null);
		try {
			const answers = Object.entries(said).map(([k, v]) => `&${k}=${v}`).join('');
			take(t('set.lay_out'), (await get<{ files: File[] }>(`/config/layout?lang=${language.value}${answers}`)).files);
		} catch (err) {
			if (!(err instanceof Problem)) throw err;
			setWrong(err);
		}
		setBusy(false);
	};
	const yes = [{ id: 'yes', name: t('set.yes') }, { id: 'no', name: t('set.no') }];
	return (
		<form class="fields" onSubmit={(e) => void submit(e)}>
			<h3>{t('set.lay_out')}</h3>
			<p class="quiet">{t('set.lay_out_says')}</p>
			<div class="numbers asks">{data.questions.map((q) => {
				const props = { label: q.ask, value: said[q.id] ?? q.usual, set: (v: string) => set((is) => ({ ...is, [q.id]: v })) };
				return q.max === undefined ? <Pick key={q.id} {...props} of={yes} />
					: <Field key={q.id} {...props} type="number" step={1} min={q.min} max={q.max} required />;
			})}</div>
			<ProblemNote problem={wrong} acting />
			<p><button class="button primary" disabled={busy}>{t('set.look_over')}</button></p>
		</form>
	);
}
