/* One thing of the hospital: what it is, where, what needs it, what it needs, what happens to it. */
import type { JSX } from 'preact';
import { named, t, type Key } from '../i18n';
import { Plan } from '../plan';
import { may, useLive } from '../state';
import { IfItFails, Normal } from './normal';
import { classText, Failed, Lines, Section } from './parts';
import { namesOf, Peers, usePeers } from './peers';
import { Risk } from './prevention/risk';
import { Seen } from './prevention/seen';
import type { AssetPage, Related } from './types';
import { ToCamera } from './camera/link';
import './views.css';

function Links({ of, title }: { of: Related[]; title: Key }): JSX.Element | null {
	if (!of.length) return null;
	return (
		<Section title={t(title)}>
			<ul class="list">
				{of.map((r) => (
					<li key={`${r.id}${r.relation ?? ''}`}>
						<a href={title === 'asset.services' ? `/care#${encodeURIComponent(r.id)}` : `/assets/${encodeURIComponent(r.id)}`}>{r.name}</a>
						{r.relation && <span class="quiet"> {named('relation', r.relation)}</span>}
					</li>
				))}
			</ul>
		</Section>
	);
}

export function AssetView({ id }: { id: string }): JSX.Element {
	const { data: a, problem, reload } = useLive<AssetPage>(`/assets/${encodeURIComponent(id)}`,
		(c) => c.kind === 'incident' || c.kind === 'detection');
	const peers = usePeers(id);
	if (!a) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const facts: [Key, string][] = [
		['asset.class', a.class_name || classText(a.class)], ['asset.product', [a.vendor, a.product].filter(Boolean).join(' ')],
		 ['asset.where', a.where], ['asset.id', a.id],
	];
	return (
		<article class="view asset">
			<header class="view-head">
				<p class="crumb"><a href="/assets">{t('view.assets')}</a></p>
				<h1>{a.name}</h1>
				{a.class.includes('camera') && may('see.state') && <ToCamera id={a.id} />}
			</header>
			<div class="asset-columns">
				<div>
					<Section title={t('asset.what')}>
						<dl class="facts">
							{facts.filter(([, v]) => v).map(([k, v]) => <div key={k}><dt>{t(k)}</dt><dd>{v}</dd></div>)}
							{a.addresses.length > 0 && (
								<div><dt>{t('asset.addresses')}</dt><dd>{a.addresses.map((x) => <code key={x}>{x} </code>)}</dd></div>
							)}
						</dl>
					</Section>
					<Section title={t('asset.incidents')}>
						{a.incidents.length ? <Lines lines={a.incidents} /> : <p class="quiet">{t('asset.calm')}</p>}
					</Section>
					<Seen id={a.id} />
					<Peers page={peers} />
					<Normal id={a.id} names={namesOf(peers)} />
					<Risk id={a.id} />
					{a.floor && may('see.plans') && (
						<Section title={t('inc.where')} class="where-part"><Plan floor={a.floor} lines={a.incidents} here={a.room ?? a.id} /></Section>
					)}
				</div>
				<div>
					<IfItFails id={a.id} />
					<Links of={a.services} title="asset.services" />
					<Links of={a.supports} title="asset.supports" />
					<Links of={a.depends_on} title="asset.depends_on" />
					<Links of={a.doors} title="asset.doors" />
					<Links of={a.cameras} title="asset.cameras" />
				</div>
			</div>
		</article>
	);
}
