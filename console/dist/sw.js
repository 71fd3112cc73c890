/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "303adf5e76761877";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-DsuA8C4e.js","/assets/asset-CKFKocHA.js","/assets/assets-VB5_eZUO.js","/assets/bulk-BYbYUHb2.js","/assets/camera-CROBCGK7.css","/assets/camera-CdW2WYne.js","/assets/care-ef9Sx0fX.js","/assets/chance-B8iKb-zH.css","/assets/chance-CTezGqxj.js","/assets/clocks-Ba1rg_vl.js","/assets/config-VWLnO5e2.css","/assets/config-ZlsrhWwo.js","/assets/config-tAvT4Iaw.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-C9LfMtct.js","/assets/decide-CSDIxADo.js","/assets/draft-DdUyW7P1.js","/assets/events-CfB1pRNk.js","/assets/evidence-D4x2osJk.js","/assets/fr-BVVJ_rs6.js","/assets/held-BpFTrIck.js","/assets/incident-CQP9JGJX.css","/assets/incident-JOt9HYBf.js","/assets/index-4D1REFQt.js","/assets/index-sZ1Es2xd.css","/assets/it-ak3hwqVz.js","/assets/know-BYcfrR_g.css","/assets/law-BtrnYGcv.js","/assets/law-FWytmPbz.css","/assets/nl-Cpl_tUNv.js","/assets/notices-zc0SFZEt.js","/assets/people-Okl8pr9x.js","/assets/persons-BvpWhkmq.js","/assets/prevention-Dz_avy1U.js","/assets/privacy-CYkK-FAT.js","/assets/processing-DAxLYm7U.js","/assets/proof-Byv68Ueq.css","/assets/proof-C_yX6lyi.js","/assets/register-7sutSaHO.js","/assets/report-BSSUY19R.js","/assets/reports-BEpgygNd.js","/assets/sealed-Clvg2XqN.js","/assets/seen-bDXBZnao.js","/assets/setup-BZZh8aOA.css","/assets/setup-BnuF9X1f.js","/assets/setup-M1Eu_Lrp.js","/assets/signs-CS8tY1bh.js","/assets/state-BF30zXUV.css","/assets/state-nyNuJPA-.js","/assets/views-BYVIfewD.css","/assets/watch-C2LTy8kB.css","/assets/watch-DW6PHOxH.js","/assets/window-MkHecAbv.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const cache = await caches.open(STATE);
	await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	try {
		const response = await fetch(event.request);
		if (response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone()));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname) && !NEVER.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
