/* How complete the hospital's directory is, and what to find out next. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { useLive } from '../../state';
import { Chance } from './chance';
import type { Score } from './types';

const ANSWERS = 5;

function Questions({ title, of }: { title: string; of: Score['people'] }): JSX.Element | null {
	return of.length > 0 ? (
		<>
			<h2>{title}</h2>
			<ol class="path-steps">
				{of.slice(0, ANSWERS).map((a, i) => <li key={i}>{a.question} <code>{a.file}: {a.keys}</code></li>)}
			</ol>
		</>
	) : null;
}

export function Completeness(): JSX.Element | null {
	const { data: s } = useLive<Score>('/model/score', () => false);
	return s ? ( /* else it is being computed, or goes beyond this person's places */
		<details class="part score">
			<summary>{t('score.title', { n: s.percent })}<Chance lo={0} hi={s.percent / 100} /></summary>
			<div class="score-body">
				<section>
					<Questions title={t('score.next')} of={s.answers.map((a) => ({ ...a, file: a.list || a.file }))} />
					<Questions title={t('score.people')} of={s.people} />
				</section>
				<ul class="list">
					{s.areas.filter((a) => a.asked > 0).map((a) => (
						<li key={a.area}>{a.what} <span class="quiet">{a.stated}/{a.asked}</span><Chance lo={0} hi={a.percent / 100} /></li>
					))}
				</ul>
			</div>
		</details>
	) : null;
}
