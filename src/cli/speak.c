#include "cli/speak.h"

#include "cli/lang.h"
#include "story/zone.h"

static int load(const struct ward_cmd *cmd, const char *dir, const char *content,
	struct ward_limits *lim, struct ward_model **ret)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_model_load(dir, content, lim, ward_mem_heap(), &diag, ret);

	ward_diag_fini(&diag);
	if (err)
		return ward_cli_fail(cmd, "cannot read '%s': %s; 'ward check %s' says more", dir,
			ward_err_text(err), dir);
	return ward_zone_use(ward_model_hospital(*ret)->timezone) == WARD_ERR_MALFORMED
		       ? ward_cli_fail(cmd, "the hospital's time zone can't be used")
		       : WARD_EXIT_DONE;
}

int ward_cli_speak(const struct ward_cmd *cmd, const char *dir, const char *lang_option,
	struct ward_limits *lim, struct ward_model **ret_m, struct ward_lang **ret_lang)
{
	const char *content = ward_cli_content(cmd, NULL);
	int rc = content ? WARD_EXIT_DONE : WARD_EXIT_RUN;

	*ret_m = NULL;
	*ret_lang = NULL;
	if (!rc && dir)
		rc = load(cmd, dir, content, lim, ret_m);
	if (rc)
		return rc;
	const struct ward_cli_lang lang = {lang_option, content,
		*ret_m ? ward_model_hospital(*ret_m)->language : WARD_STR("")};

	return ward_cli_lang(cmd, &lang, lim, ret_lang);
}

void ward_cli_put_time(struct ward_wr *w, ward_ns t)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	ward_wr_printf(w, "%04d-%02d-%02d %02d:%02d", l.year, l.month, l.day, l.hour, l.minute);
}
