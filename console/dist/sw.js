/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "61c17d9be53c2114";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-Du1stQjn.js","/assets/account-oTio1RCA.css","/assets/asset-CN2X4DFR.js","/assets/assets-4MFW-LAM.js","/assets/bulk-BlHudlkI.js","/assets/camera-BRTmdxKf.js","/assets/camera-CROBCGK7.css","/assets/care-t4uDDy1U.js","/assets/chance-B8iKb-zH.css","/assets/chance-Cp2zkqdD.js","/assets/clocks-Oz15-CgQ.js","/assets/config-CaEWBQKP.js","/assets/config-DFV3HxZK.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-C9i_syj0.js","/assets/decide-BTq8Go8s.js","/assets/draft-DBGyd_kL.js","/assets/events-BAkS8531.js","/assets/evidence-COlJ7PAo.js","/assets/fr-BW8aZWiI.js","/assets/held-T3waF2S7.js","/assets/incident-CQP9JGJX.css","/assets/incident-CcD_l_nC.js","/assets/index-DP9zvTDW.js","/assets/index-mScVxhzb.css","/assets/it-DojxcsBY.js","/assets/know-BYcfrR_g.css","/assets/law-CsiUdec_.js","/assets/law-FWytmPbz.css","/assets/nl-DMAvP1N-.js","/assets/notices-Z27_VVwH.js","/assets/people-SCyDJBYG.js","/assets/persons-DKDjTQZU.js","/assets/prevention-CP40CPm5.js","/assets/privacy-Da7Jsih5.js","/assets/processing-B_Vch6bR.js","/assets/proof-Byv68Ueq.css","/assets/proof-rFEPJ8Zz.js","/assets/register-DtVryIxZ.js","/assets/report-DO93Qf9D.js","/assets/reports-C3ZPP9pX.js","/assets/sealed-Clvg2XqN.js","/assets/seen-DCK8OmNX.js","/assets/setup-Ch6uEB7m.js","/assets/setup-CjmDH-us.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-D47tkI1Y.js","/assets/state-BF30zXUV.css","/assets/state-BtPRIHSL.js","/assets/views-DvWZyPeo.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-CFwiCQHs.js","/assets/window-BZGEs7_E.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
