#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	const char *text;
	enum ward_err_class class;
} errs[] = {
#define X(name, class, text) [WARD_ERR_##name] = {#name, text, WARD_ERR_CLASS_##class},
	WARD_ERR_LIST(X)
#undef X
};

static bool known(enum ward_err err)
{
	return (unsigned)err < WARD_ARRAY_LEN(errs);
}

const char *ward_err_text(enum ward_err err)
{
	return known(err) ? errs[err].text : "unknown error";
}

const char *ward_err_name(enum ward_err err)
{
	return known(err) ? errs[err].name : "UNKNOWN";
}

enum ward_err_class ward_err_class(enum ward_err err)
{
	return known(err) ? errs[err].class : WARD_ERR_CLASS_FATAL;
}

void ward_assert_fail(const char *expr, const char *file, int line)
{
	fprintf(stderr, "ward: assertion failed: %s at %s:%d\n", expr, file, line);
	abort();
}
