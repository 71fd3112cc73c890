/* What failed, as people read it. `acting`: they wanted to do something, which was not done. */
import type { JSX } from 'preact';
import { Problem } from './api';
import { t, type Key } from './i18n';

export function problemText(p: Problem, acting = false): string {
	if (p.status === 0) return t(acting ? 'problem.link_act' : 'problem.link');
	if (p.status === 429) return t('problem.429', { n: p.retryAfter || 60 });
	if (p.detail) return p.detail;
	if ([401, 403, 404].includes(p.status)) return t(`problem.${p.status}` as Key);
	return t('problem.other', { what: `${p.status} ${p.title}`.trim() });
}

export function ProblemNote({ problem, acting = false }: { problem: Problem | null; acting?: boolean }): JSX.Element | null {
	return problem && <p class="problem" role="alert">{problemText(problem, acting)}</p>;
}
