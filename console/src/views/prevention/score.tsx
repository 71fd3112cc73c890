/* How complete the hospital's directory is, and what to find out next. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { useLive } from '../../state';
import { Chance } from './chance';
import type { Score } from './types';

const ANSWERS = 5;

export function Completeness(): JSX.Element | null {
	const { data: s } = useLive<Score>('/model/score', () => false);
	return s ? ( /* else it is being computed, or goes beyond this person's places */
		<details class="part score">
			<summary>{t('score.title', { n: s.percent })}<Chance lo={0} hi={s.percent / 100} /></summary>
			<div class="score-body">
				<section>
					<h2>{t('score.next')}</h2>
					<ol class="path-steps">
						{s.answers.slice(0, ANSWERS).map((a, i) => <li key={i}>{a.question} <code>{a.list || a.file}: {a.keys}</code></li>)}
					</ol>
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
