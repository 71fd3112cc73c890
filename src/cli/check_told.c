#include "cli/check_told.h"

#include "respond/recipients.h"

#include <limits.h>
#include <stdio.h>

static bool is_recipient(const struct ward_recipients *r, struct ward_str id)
{
	for (size_t i = 0; i < r->n; i++)
		if (ward_str_eq(r->r[i].id, id))
			return true;
	return false;
}

static bool is_in_register(const struct ward_processing *p, struct ward_str id)
{
	for (size_t i = 0; i < p->n_entry; i++)
		for (size_t k = 0; k < p->entry[i].to.n; k++)
			if (ward_str_eq(p->entry[i].to.at[k], id))
				return true;
	return false;
}

/* The register has each to whom something is told (GDPR 30(1)(d)), and nobody else. */
static void look_at_told(const struct ward_processing *p, const struct ward_recipients *r,
	struct ward_str file, struct ward_diag *d)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct ward_diag_slot slot[] = {{"id", r->r[i].id}};

		if (is_in_register(p, r->r[i].id))
			continue;
		ward_diag_say(d,
			&(struct ward_diag_item){.level = WARD_DIAG_NOTE,
				.file = file,
				.line = r->r[i].line,
				.what = ward_str_z(WARD_TEXT(
					"no entry of the register says for what '{id}' is told "
					"(GDPR 30(1)(d))")),
				.mend = ward_str_z(WARD_TEXT("name it in `recipients` of an entry "
							     "of processing.yml")),
				.slot = slot,
				.n_slot = WARD_ARRAY_LEN(slot)});
	}
	for (size_t i = 0; i < p->n_entry; i++)
		for (size_t k = 0; k < p->entry[i].to.n; k++) {
			const struct ward_proc_entry *e = &p->entry[i];
			const struct ward_diag_slot slot[] = {
				{"entry", e->id}, {"id", e->to.at[k]}};

			if (is_recipient(r, e->to.at[k]))
				continue;
			ward_diag_say(d,
				&(struct ward_diag_item){.level = WARD_DIAG_WARNING,
					.file = e->file,
					.line = e->line,
					.what = ward_str_z(WARD_TEXT(
						"the entry '{entry}' names a recipient '{id}', "
						"which is none")),
					.mend = ward_str_z(WARD_TEXT(
						"write the id of one of recipients.yml, or leave "
						"it out")),
					.slot = slot,
					.n_slot = WARD_ARRAY_LEN(slot)});
		}
}

enum ward_err ward_cli_check_told(const char *hospital, const char *content,
	const struct ward_processing *p, const struct ward_processing_in *of)
{
	/* what is wrong with the recipients is told elsewhere */
	struct ward_diag told;
	const struct ward_recipients_in in = {of->m, of->lim, ward_mem_heap(), &told, content};
	struct ward_recipients r = {.n = 0};
	char path[PATH_MAX];

	if (!p->written)
		return WARD_OK;
	int n = snprintf(path, sizeof(path), "%s/%s", hospital, WARD_RECIPIENTS_FILE);

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	ward_diag_init(&told, ward_mem_heap());
	enum ward_err err = ward_recipients_load(&in, hospital, &r);

	if (!err)
		look_at_told(p, &r, ward_str_z(path), of->diag);
	ward_recipients_free(&r);
	ward_diag_fini(&told);
	return err == WARD_ERR_CONFIG ? WARD_OK : err;
}
