/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "280c46d67dd2d8e4";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-C_ru4Cpf.js","/assets/asset-i0nVDril.js","/assets/assets-CYoIBrDF.js","/assets/bulk-U2KUknFs.js","/assets/camera-CROBCGK7.css","/assets/camera-DbS6e_P-.js","/assets/care-cCEQp4wh.js","/assets/chance-B8iKb-zH.css","/assets/chance-Dwr6DnpW.js","/assets/config-Bdk166fA.js","/assets/config-DhhAC3lP.js","/assets/config-VWLnO5e2.css","/assets/crisis-8uJr6dX1.js","/assets/crisis-BdEIb8nO.css","/assets/decide-DzMjZ1eZ.js","/assets/draft-BVxV2HH9.js","/assets/events-CgHuCmnf.js","/assets/evidence-DfYBMz6x.js","/assets/fr-BafwMi7v.js","/assets/held-DbXGC1x6.js","/assets/incident-BrfYvsYI.js","/assets/incident-CQP9JGJX.css","/assets/index-CsdFX_zx.js","/assets/index-sZ1Es2xd.css","/assets/it-DHrmlvVK.js","/assets/know-BYcfrR_g.css","/assets/law-BsfCKTnV.js","/assets/law-CPerOmpZ.css","/assets/nl-Dt5-X9wP.js","/assets/people-BwiS_2ex.js","/assets/prevention-E0v9wC9a.js","/assets/privacy-BoxXynJ0.js","/assets/processing-DjXNBl9d.js","/assets/register-XUqVL6e-.js","/assets/report-CjJzAtjZ.js","/assets/reports-y9S5FpE9.js","/assets/sealed-Clvg2XqN.js","/assets/seen-BKtc0PSe.js","/assets/setup-BZZh8aOA.css","/assets/setup-Bsk-A4Ze.js","/assets/setup-CRqSOsnR.js","/assets/signs-BwuF-Yja.js","/assets/state--H2ym-XG.js","/assets/state-BF30zXUV.css","/assets/views-B8gcOv9G.css","/assets/watch-C2LTy8kB.css","/assets/watch-CIPWDtgu.js","/assets/window-1WxPBH6d.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
