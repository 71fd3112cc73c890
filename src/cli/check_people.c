#include "cli/check_people.h"

#include "cli/check_told.h"
#include "comply/purposes.h"
#include "desk/badges.h"
#include "desk/profiles.h"
#include "directory/directory.h"
#include "exchange/readers.h"
#include "law/law.h"
#include "notice/notice.h"
#include "processing/processing.h"
#include "respond/duty.h"
#include "respond/recipients.h"
#include "watch/posts.h"

#include <limits.h>
#include <stdio.h>

enum { BYTES_MAX = 256 << 20 };

enum ward_err ward_cli_check_people(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_people_in in = {*m, lim, ward_mem_heap(), d};
	struct ward_people p = {.n = 0};
	struct ward_profiles rights = {.n_role = 0};
	enum ward_err err = *m ? ward_people_load(&in, hospital, &p) : WARD_OK;

	if (!err || err == WARD_ERR_CONFIG)
		err = ward_profiles_load(content, lim, ward_mem_heap(), d, &rights);
	ward_profiles_free(&rights);
	ward_people_free(&p);
	return err == WARD_ERR_NOT_FOUND ? WARD_ERR_CONFIG : err;
}

enum ward_err ward_cli_check_posts(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_watchpost_in in = {*m, lim, ward_mem_heap(), d};
	struct ward_watchposts p = {.n = 0};
	enum ward_err err = *m ? ward_watchpost_load(&in, hospital, &p) : WARD_OK;

	(void)content;
	ward_watchpost_free(&p);
	return err;
}

/* By people.yml, of which what is wrong has been told. */
enum ward_err ward_cli_check_directory(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_diag told;
	struct ward_people p = {.n = 0};
	struct ward_directory x = {.n_group = 0};

	(void)content;
	if (!*m)
		return WARD_OK;
	ward_diag_init(&told, ward_mem_heap());
	const struct ward_people_in people = {*m, lim, ward_mem_heap(), &told};
	const struct ward_directory_in in = {*m, &p, lim, ward_mem_heap(), d};
	enum ward_err err = ward_people_load(&people, hospital, &p);

	err = err && err != WARD_ERR_CONFIG ? err : ward_directory_load(&in, hospital, &x);
	ward_directory_free(&x);
	ward_people_free(&p);
	ward_diag_fini(&told);
	return err;
}

/* Recipients that are told while on call, and never are. */
static enum ward_err look_at_duty(const char *hospital, const struct ward_oncall *o, ward_ns now,
	const struct ward_oncall_in *of, const char *content)
{
	/* what is wrong with the recipients has been told */
	struct ward_diag told;
	const struct ward_recipients_in in = {of->m, of->lim, ward_mem_heap(), &told, content};
	struct ward_recipients r = {.n = 0};
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%.4000s/" WARD_RECIPIENTS_FILE, hospital);
	ward_diag_init(&told, ward_mem_heap());
	enum ward_err err = ward_recipients_load(&in, hospital, &r);

	if (!err || err == WARD_ERR_CONFIG)
		ward_duty_never(&r, o, of->m, now, ward_str_z(path), of->diag);
	ward_recipients_free(&r);
	ward_diag_fini(&told);
	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

enum ward_err ward_cli_check_oncall(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_arena a;
	struct ward_oncall o = {.n = 0};

	ward_arena_init(&a, ward_mem_heap(), BYTES_MAX);
	const struct ward_oncall_in in = {*m, lim, &a, d};
	enum ward_err err = *m ? ward_oncall_load(&in, hospital, &o) : WARD_OK;

	if (*m && !err) {
		ward_ns now = ward_clock_now(ward_clock_system());

		ward_oncall_look_ahead(&o, *m, now, d);
		err = look_at_duty(hospital, &o, now, &in, content);
	}
	ward_arena_fini(&a);
	return err;
}

enum ward_err ward_cli_check_badges(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_arena a;
	struct ward_badges b;

	(void)content;
	(void)m;
	ward_arena_init(&a, ward_mem_heap(), BYTES_MAX);
	const struct ward_badges_in in = {lim, &a, d};
	enum ward_err err = ward_badges_load(&in, hospital, &b);

	ward_arena_fini(&a);
	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

/* The hospital's own numbers, and the purposes whose tokens are kept apart. */
enum ward_err ward_cli_check_identifiers(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_arena a;
	struct ward_identifiers s;
	struct ward_purposes p;

	(void)content;
	ward_arena_init(&a, ward_mem_heap(), BYTES_MAX);
	const struct ward_identifiers_in in = {lim, &a, d};
	enum ward_err err = ward_identifiers_load(&in, hospital, &s);

	if (!err)
		err = ward_purposes_load(&in, hospital, &p);
	for (size_t i = 0; !err && *m && i < p.n_source; i++)
		if (!ward_model_source(*m, ward_str_z(p.source[i].id)))
			ward_diag_addf(d, WARD_DIAG_ERROR, WARD_STR(WARD_IDENTIFIERS_FILE),
				p.source[i].line,
				WARD_TEXT("there is no source '%s'\nname one by its id in "
					  "sources.yml"),
				p.source[i].id);
	ward_arena_fini(&a);
	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

/* Whom the law wants told of an incident: the hospital's own rules (law.yml) among them. */
enum ward_err ward_cli_check_law(const char *hospital, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	struct ward_law *law = ward_mem_alloc(ward_mem_heap(), sizeof(*law));
	struct ward_arena a;
	char dir[PATH_MAX];
	enum ward_err err = law ? WARD_OK : WARD_ERR_NOMEM;

	ward_arena_init(&a, ward_mem_heap(), BYTES_MAX);
	(void)snprintf(dir, sizeof(dir), "%.4000s/law", content);
	if (!err && *m)
		err = ward_law_load(
			dir, hospital, ward_model_hospital(*m)->country, &a, lim, d, law);
	ward_arena_fini(&a);
	ward_mem_free(ward_mem_heap(), law, sizeof(*law));
	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

/* What is done with personal data, and what of it the country does not let begin so. */
enum ward_err ward_cli_check_processing(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_processing *p = ward_mem_alloc(ward_mem_heap(), sizeof(*p));
	struct ward_arena a;
	enum ward_err err = p ? WARD_OK : WARD_ERR_NOMEM;

	ward_arena_init(&a, ward_mem_heap(), BYTES_MAX);
	const struct ward_processing_in in = {
		content, hospital, *m, lim, &a, d, ward_clock_now(ward_clock_system())};

	if (!err && *m)
		err = ward_processing_load(&in, p);
	if ((!err || err == WARD_ERR_CONFIG) && *m)
		ward_processing_check(p, &in);
	if (!err && *m)
		err = ward_cli_check_told(hospital, content, p, &in);
	ward_arena_fini(&a);
	ward_mem_free(ward_mem_heap(), p, sizeof(*p));
	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

/* What signs say, and that each analytic of persons has a note on what it can't do. */
enum ward_err ward_cli_check_notice(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_notice_content *c = ward_mem_alloc(ward_mem_heap(), sizeof(*c));
	struct ward_arena a;

	(void)hospital;
	ward_arena_init(&a, ward_mem_heap(), BYTES_MAX);
	enum ward_err err = !c   ? WARD_ERR_NOMEM
			    : *m ? ward_notice_load(content, lim, &a, d, c)
				 : WARD_OK;

	if (!err && *m)
		ward_notice_check(c, d);
	ward_arena_fini(&a);
	ward_mem_free(ward_mem_heap(), c, sizeof(*c));
	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}

enum ward_err ward_cli_check_recipients(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_recipients_in in = {*m, lim, ward_mem_heap(), d, content};
	struct ward_recipients r = {.n = 0};
	enum ward_err err = *m ? ward_recipients_load(&in, hospital, &r) : WARD_OK;

	ward_recipients_free(&r);
	return err;
}

enum ward_err ward_cli_check_readers(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_readers_in in = {hospital, content, lim, ward_mem_heap(), d};
	struct ward_readers r = {.n = 0};
	enum ward_err err = *m ? ward_readers_load(&in, &r) : WARD_OK;

	ward_readers_free(&r);
	return err;
}
