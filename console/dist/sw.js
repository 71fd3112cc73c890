/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "2daf7fc8fb3c54c7";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B6XWDZmB.js","/assets/account-oTio1RCA.css","/assets/asset-C9u1F3PO.js","/assets/assets-danFHyHD.js","/assets/bulk-BkHMDB5z.js","/assets/camera-C147k-2V.js","/assets/camera-CROBCGK7.css","/assets/care-DfoXppGc.js","/assets/chance-BOgEQ9UR.css","/assets/chance-CxoqALDr.js","/assets/clocks-BzQ3aXeq.js","/assets/config-CH4IgZ3T.js","/assets/config-CXUER13V.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-DFf3mpNg.js","/assets/decide-B2rC6pNs.js","/assets/draft-BWMbZalH.js","/assets/events-JPp3w098.js","/assets/evidence-C-QjBNiv.js","/assets/exercise-Bp9pmdKe.js","/assets/fr-DiPDChyS.js","/assets/held-Cb0I38FF.js","/assets/incident-CQP9JGJX.css","/assets/incident-CeLINPK7.js","/assets/index-CZYX1w2b.js","/assets/index-DGFyQQ5o.css","/assets/it-C9csgh9S.js","/assets/kept-CfUk0oLY.js","/assets/know-BYcfrR_g.css","/assets/law-DaMaxrmi.js","/assets/law-FWytmPbz.css","/assets/nl-CL_xLueX.js","/assets/notices-BV__TDnH.js","/assets/people-6L_0NY6b.js","/assets/persons-DPAt5unV.js","/assets/prevention-CSU-Gu7M.js","/assets/privacy-LHwrQFZK.js","/assets/processing-ByxK41rB.js","/assets/proof-Byv68Ueq.css","/assets/proof-_t2x4x6m.js","/assets/register-OMqDaFbB.js","/assets/report-Dh5E-EO2.js","/assets/reports-h_Gb0Dhu.js","/assets/sealed-Clvg2XqN.js","/assets/seen-DmQ0M9UX.js","/assets/setup-CJcdHkQR.js","/assets/setup-DKw6rXeZ.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-hr8G2mOt.js","/assets/state-BF30zXUV.css","/assets/state-YZo-11Hn.js","/assets/watch-B4Wfa6Hn.css","/assets/watch-CNhY8wQ7.js","/assets/window-CuaYE8kG.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

let person = 0; /* how many have left since this worker began: an answer to one of them is not kept */
self.addEventListener('message', (e) => {
	if (e.data !== 'forget') return;
	person++;
	e.waitUntil(caches.delete(STATE));
});

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response, of) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const body = await response.blob(), cache = await caches.open(STATE);
	if (of !== person) return;
	await cache.put(request, new Response(body, { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	const of = person;
	try {
		const response = await fetch(event.request);
		if (of === person && response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone(), of));
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
