/* Kinds of `ward export` that tell of incidents: facts gathered, what may not leave taken out,
 * written. */
#include "cli/export.h"
#include "exchange/format.h"
#include "exchange/share.h"
#include "exchange/sign.h"

#include <errno.h>
#include <stdio.h>

enum { ARENA_BYTES = 1 << 30, PATH_BYTES = 4096, LISTED = 8, KEY_BYTES = 1 << 16 };

typedef enum ward_err (*writer)(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);

struct job {
	struct ward_export_ask *ask;
	struct ward_arena arena;
	struct ward_exchange x;
	struct ward_exchange_how how;
	struct ward_lang *own[WARD_EXCHANGE_LANGUAGES]; /* to be freed */
	size_t n_own;
};

/* Adds it as an error, and gives what the command ends with. */
#define wrong(j, ...)                                                                       \
	(ward_diag_addf(&(j)->ask->in.diag, WARD_DIAG_ERROR, WARD_STR(""), 0, __VA_ARGS__), \
		WARD_ERR_CONFIG)

static enum ward_err gather(struct job *j)
{
	const struct ward_cli_recorded *in = &j->ask->in;
	const struct ward_export_to *to = &j->ask->to;
	const struct ward_record **all =
		ward_arena_array(&j->arena, in->n_record, sizeof(const struct ward_record *));
	struct ward_id only;
	uint64_t told = 0;

	if (!all)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < in->n_record; i++)
		all[i] = &in->record[i].is;
	if (to->incident && !ward_id_parse(ward_str_z(to->incident), &only))
		return wrong(j,
			WARD_TEXT("--incident %s is no id\ngive it as the records do: 8-4-4-4-12 "
				  "hex digits"),
			to->incident);
	if (to->told && (!ward_str_u64(ward_str_z(to->told), &told) || !told || told > UINT32_MAX))
		return wrong(j,
			WARD_TEXT("--told %s is no revision\ngive the number of the one that they "
				  "have"),
			to->told);
	if (to->told && !to->incident)
		return wrong(j, WARD_TEXT("--told %s: of which incident?\nname it with --incident"),
			to->told);
	const struct ward_exchange_ask ask = {in->model, all, in->n_record, in->at,
		in->at_text != NULL, j->ask->exercise || in->played, to->incident ? &only : NULL,
		(uint32_t)told, false};
	enum ward_err err = ward_exchange_gather(&ask, &j->arena, &j->x);

	if (err == WARD_ERR_NOT_FOUND)
		return told ? wrong(j,
				      WARD_TEXT("--incident %s: no record has the revision of "
						"--told\ngive the records of that time, too"),
				      to->incident)
			    : wrong(j,
				      WARD_TEXT("--incident %s is of no record\ngive an id that "
						"the records have"),
				      to->incident);
	return err;
}

static enum ward_err share(struct job *j, struct ward_shared *did, struct ward_sharing *s)
{
	const struct ward_export_to *to = &j->ask->to;
	struct ward_diag *diag = &j->ask->in.diag;
	enum ward_err err =
		ward_sharing_load(j->ask->in.content_dir, &j->ask->in.lim, &j->arena, diag, s);
	const struct ward_share_ask ask = {
		ward_str_z(to->recipient), ward_str_z(to->tlp), ward_str_z(to->purpose)};

	return err ? err : ward_share(s, &ask, &j->x, ward_mem_heap(), diag, did);
}

/* A language of the hospital that content lacks is left out, and said. */
static enum ward_err add_language(struct job *j, struct ward_str code)
{
	struct ward_diag *diag = &j->ask->in.diag;
	struct ward_lang *lang = NULL;
	char dir[PATH_BYTES];

	if ((size_t)snprintf(dir, sizeof(dir), "%s/words", j->ask->in.content_dir) >= sizeof(dir))
		return WARD_ERR_LIMIT;
	enum ward_err err =
		ward_lang_load(dir, code, &j->ask->in.lim, ward_mem_heap(), diag, &lang);

	if (err == WARD_ERR_NOT_FOUND) {
		ward_diag_addf(diag, WARD_DIAG_WARNING, WARD_STR(""), 0,
			WARD_TEXT("Ward does not speak '%.*s': told in its other languages\nadd "
				  "words/%.*s.yml to the content"),
			WARD_STR_ARG(code), WARD_STR_ARG(code));
		return WARD_OK;
	}
	if (err)
		return err;
	if (lang)
		j->own[j->n_own++] = lang;
	j->how.lang[j->how.n_lang++] = lang;
	return WARD_OK;
}

/* Those of the hospital, for messages that have several; --lang chooses one. */
static enum ward_err languages(struct job *j, bool several)
{
	const struct ward_hospital *h = ward_model_hospital(j->ask->in.model);
	enum ward_err err = WARD_OK;

	if (j->ask->in.lang_code || !several)
		j->how.lang[j->how.n_lang++] = j->ask->in.lang;
	for (size_t i = 0; !err && !j->ask->in.lang_code && several && i < h->n_languages; i++)
		err = add_language(j, h->languages[i]);
	if (!err && !j->how.n_lang)
		j->how.lang[j->how.n_lang++] = NULL;
	return err;
}

/* CAP 1.2 3.2.1: no blanks, commas, < or &. EDXL-DE 1.0 3.2.1: actor@domain-name. */
static enum ward_err sender(struct job *j)
{
	const struct ward_hospital *h = ward_model_hospital(j->ask->in.model);
	const char *given = j->ask->to.sender;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PATH_BYTES);

	if (given) {
		ward_wr_z(&w, given);
	} else {
		ward_wr_z(&w, "ward@");
		ward_wr_str(&w, h->id);
		ward_wr_z(&w, ".invalid");
	}
	j->how.sender = ward_arena_str(&j->arena, ward_wr_text(&w));
	ward_wr_fini(&w);
	if (!j->how.sender.p)
		return WARD_ERR_NOMEM;
	size_t at = ward_str_find(j->how.sender, WARD_STR("@"));
	bool good = at != SIZE_MAX && at && at + 1 < j->how.sender.len;

	for (size_t i = 0; i < j->how.sender.len; i++)
		good &= (unsigned char)j->how.sender.p[i] > ' ' &&
			!strchr(",<&", j->how.sender.p[i]);
	return good ? WARD_OK
		    : wrong(j,
			      WARD_TEXT(
				      "--sender %s: no sender\nwrite it as ward@hospital.example"),
			      given ? given : "");
}

/* A CAP alert is of one incident. */
static enum ward_err too_many(struct job *j)
{
	char list[LISTED * (WARD_ID_TEXT + 2) + 8];
	struct ward_wr w = ward_wr_fixed(list, sizeof(list));

	for (size_t i = 0; i < j->x.n_incident && i < LISTED; i++) {
		if (i)
			ward_wr_z(&w, ", ");
		ward_id_write(&w, j->x.incident[i].id);
	}
	if (j->x.n_incident > LISTED)
		ward_wr_z(&w, " ...");
	ward_diag_addf(&j->ask->in.diag, WARD_DIAG_ERROR, WARD_STR(""), 0,
		WARD_TEXT("%zu incidents, and an alert is of one: %.*s\nchoose one with "
			  "--incident, or export all as `de`"),
		j->x.n_incident, WARD_STR_ARG(ward_wr_text(&w)));
	return WARD_ERR_CONFIG;
}

static enum ward_err work(struct job *j, writer write, bool several, struct ward_wr *w)
{
	struct ward_shared did = {.mem = ward_mem_heap()};
	struct ward_sharing s;
	enum ward_err err = gather(j);

	if (!err)
		err = share(j, &did, &s);
	if (!err)
		err = languages(j, several);
	if (!err)
		err = sender(j);
	if (!err && j->ask->to.preview)
		ward_shared_write(&s, &did, &j->x, j->ask->in.lang, w);
	else if (!err)
		err = write(&j->x, &j->how, w);
	ward_shared_fini(&did);
	return err == WARD_ERR_LIMIT && j->x.n_incident > 1 ? too_many(j) : err;
}

static enum ward_err tell(
	struct ward_export_ask *ask, writer write, bool several, struct ward_wr *w)
{
	struct job j = {.ask = ask};

	ward_arena_init(&j.arena, ward_mem_heap(), ARENA_BYTES);
	enum ward_err err = work(&j, write, several, w);

	for (size_t i = 0; i < j.n_own; i++)
		ward_lang_free(j.own[i]);
	ward_arena_fini(&j.arena);
	return err;
}

static enum ward_err read_signer(
	struct ward_export_ask *ask, const char *path, struct ward_signer **ret)
{
	uint8_t pem[KEY_BYTES];
	const char *why = NULL;
	FILE *f = fopen(path, "rbe");
	size_t len = 0;
	int e = f ? 0 : errno;

	if (f) {
		(void)setvbuf(f, NULL, _IONBF, 0); /* no copy of the key stays */
		len = fread(pem, 1, sizeof(pem), f);
		e = ferror(f) ? errno : 0;
		(void)fclose(f);
	}
	enum ward_err err = e ? WARD_ERR_CONFIG
			    : len == sizeof(pem)
				    ? WARD_ERR_LIMIT
				    : ward_signer_new(ward_slice_of(pem, len), ret, &why);

	ward_wipe(pem, sizeof(pem));
	if (err == WARD_ERR_LIMIT)
		why = WARD_TEXT("is larger than a key with its certificate");
	if (e)
		ward_diag_addf(&ask->in.diag, WARD_DIAG_ERROR, ward_str_z(path), 0,
			WARD_TEXT("the file can't be read: %s\nname one that this user may read"),
			strerror(e));
	else if (why)
		ward_diag_addf(&ask->in.diag, WARD_DIAG_ERROR, ward_str_z(path), 0, "%s", why);
	return e || why ? WARD_ERR_CONFIG : err;
}

enum ward_err ward_export_cap(struct ward_export_ask *ask, struct ward_wr *w)
{
	struct ward_signer *signer = NULL;
	enum ward_err err = ask->to.sign ? read_signer(ask, ask->to.sign, &signer) : WARD_OK;

	if (!err)
		err = tell(ask, ward_exchange_cap, true, w);
	if (!err && signer)
		err = ward_sign(signer, w);
	ward_signer_free(signer);
	return err;
}

enum ward_err ward_export_de(struct ward_export_ask *ask, struct ward_wr *w)
{
	return tell(ask, ward_exchange_de, true, w);
}

enum ward_err ward_export_idmef(struct ward_export_ask *ask, struct ward_wr *w)
{
	return tell(ask, ward_exchange_idmef, false, w);
}

enum ward_err ward_export_misp(struct ward_export_ask *ask, struct ward_wr *w)
{
	return tell(ask, ward_exchange_misp, false, w);
}

enum ward_err ward_export_stix(struct ward_export_ask *ask, struct ward_wr *w)
{
	return tell(ask, ward_exchange_stix, false, w);
}

enum ward_err ward_export_ocsf(struct ward_export_ask *ask, struct ward_wr *w)
{
	return tell(ask, ward_exchange_ocsf, false, w);
}

enum ward_err ward_export_ecs(struct ward_export_ask *ask, struct ward_wr *w)
{
	return tell(ask, ward_exchange_ecs, false, w);
}

enum ward_err ward_export_cef(struct ward_export_ask *ask, struct ward_wr *w)
{
	return tell(ask, ward_exchange_cef, false, w);
}

enum ward_err ward_export_syslog(struct ward_export_ask *ask, struct ward_wr *w)
{
	return tell(ask, ward_exchange_syslog, false, w);
}
