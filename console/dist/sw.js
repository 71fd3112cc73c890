/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "67f39ca5653ec406";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-C9xEJ2jv.js","/assets/account-oTio1RCA.css","/assets/asset-BsKWy-BC.js","/assets/assets-DXIQaObE.js","/assets/bulk-Con7j9jt.js","/assets/camera-CMILEkET.js","/assets/camera-CROBCGK7.css","/assets/care-BIrS8AZe.js","/assets/chance-B8iKb-zH.css","/assets/chance-BbS3ga6Q.js","/assets/clocks-C2rQPyQX.js","/assets/config-CFfvH4aE.js","/assets/config-DpmcfshT.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-Bnwl9CZt.js","/assets/decide-BaQARizj.js","/assets/draft-BSYO7BSj.js","/assets/events-DqnV0MNm.js","/assets/evidence-9AMfilP-.js","/assets/fr-Ui4lu65U.js","/assets/held-DjLThxP-.js","/assets/incident-CQP9JGJX.css","/assets/incident-DlQpe7Rn.js","/assets/index-B3Fxa0WV.js","/assets/index-mScVxhzb.css","/assets/it-2uGrGmii.js","/assets/know-BYcfrR_g.css","/assets/law-BmyNvWWp.js","/assets/law-FWytmPbz.css","/assets/nl-BLuxaLFo.js","/assets/notices-Dr31tDYA.js","/assets/people-C7AfEbXa.js","/assets/persons-BlhfUpZS.js","/assets/prevention-Dp24PatW.js","/assets/privacy-BAjOcMUd.js","/assets/processing-CbKCpgjF.js","/assets/proof-Byv68Ueq.css","/assets/proof-DZvgkhhu.js","/assets/register-BGm2kt25.js","/assets/report-L-MV8pmR.js","/assets/reports-Bur9FErd.js","/assets/sealed-Clvg2XqN.js","/assets/seen-BPNEHZZ0.js","/assets/setup-Led4_wOc.js","/assets/setup-hdyZ3mQQ.css","/assets/setup-puSeIDCU.js","/assets/signs-hr3FP8zM.js","/assets/state-BF30zXUV.css","/assets/state-BYUMuZyO.js","/assets/views-DvWZyPeo.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-C1vl0OGI.js","/assets/window-BBrZWX82.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
