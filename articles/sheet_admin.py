"""The desk's pages for spreadsheets: any list as CSV, and claims from CSV, tried before they are imported."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import spreadsheet
from .spreadsheet import Report, SheetError
from .story.shapes import SHAPES

CSV = "text/csv; charset=utf-8"


class SheetForm(forms.Form):
    """A file; cleans to its text."""

    sheet = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        allow_empty_file=True,
        help_text=gettext_lazy("CSV in UTF-8, with commas, semicolons or tabs; 1 MB and 2,000 rows at most."),
    )

    def clean_sheet(self) -> str:
        upload: UploadedFile[Any] = self.cleaned_data["sheet"]
        try:
            # One byte more than may be, so that a file of any size is answered alike.
            return spreadsheet.decode(upload.read(spreadsheet.MOST_BYTES + 1))
        except SheetError as error:
            raise ValidationError(str(error)) from error


class ConfirmForm(forms.Form):
    """The text that was tried, and why it is imported."""

    text = forms.CharField(widget=forms.HiddenInput, strip=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=AdminTextInputWidget,
        help_text=gettext_lazy("Kept in the history of every claim that is made."),
    )


class ExportsRows:
    """For the admins of records: the list as it is filtered, as CSV."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.export_view)  # type: ignore[attr-defined]
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"  # type: ignore[attr-defined]
        return [path("export/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"may_export": True} | (extra_context or {})
        return super().changelist_view(request, context)  # type: ignore[misc]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        opts: Any = self.opts  # type: ignore[attr-defined]
        try:
            records = self.get_changelist_instance(request).queryset  # type: ignore[attr-defined]
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist") + "?e=1")
        shape = next(shape for shape in SHAPES if shape.model is opts.concrete_model)
        response = StreamingHttpResponse(spreadsheet.table(shape, records), content_type=CSV)
        response["Content-Disposition"] = f'attachment; filename="{opts.model_name}.csv"'
        return response


class ImportsClaims:
    """For the admin of claims: a sheet is tried, shown row by row, and imported as it was shown."""

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("import/", wrap(self.import_view), name="entities_claim_import"),
            path("import/template.csv", wrap(self.template_view), name="entities_claim_template"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"may_import": self.has_add_permission(request)} | (extra_context or {})  # type: ignore[attr-defined]
        return super().changelist_view(request, context)  # type: ignore[misc]

    def template_view(self, request: HttpRequest) -> HttpResponse:
        headers = {"Content-Disposition": 'attachment; filename="claims-template.csv"'}
        return HttpResponse(spreadsheet.template(), content_type=CSV, headers=headers)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Try a file that is sent, or import the text that was tried."""
        if not self.has_add_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        report, confirm, upload = None, None, SheetForm()
        if request.method == "POST" and "text" in request.POST:
            confirm = ConfirmForm(request.POST)
            if confirm.is_valid():
                report = self._run(request, confirm.cleaned_data["text"], confirm.cleaned_data["reason"], dry_run=False)
                if report and not report.refused:
                    self._say_imported(request, report)
                    return HttpResponseRedirect(reverse("admin:entities_claim_changelist") + "?status__exact=draft")
            elif text := confirm.data.get("text"):
                report = self._run(request, text, "", dry_run=True)
        elif request.method == "POST":
            upload = SheetForm(request.POST, request.FILES)
            if upload.is_valid():
                text = upload.cleaned_data["sheet"]
                report, confirm = self._run(request, text, "", dry_run=True), ConfirmForm(initial={"text": text})
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Import claims from a spreadsheet"),
            "media": self.media,  # type: ignore[attr-defined]
            "upload": upload,
            "confirm": confirm,
            "report": report,
            "lines": sorted(report.lines, key=lambda line: line.outcome != "refused") if report else [],
            "columns": spreadsheet.COLUMNS,
        }
        return render(request, "admin/import_claims.html", context)

    def _run(self, request: HttpRequest, text: str, reason: str, *, dry_run: bool) -> Report | None:
        may_judge = request.user.has_perm("entities.judge_claim")
        try:
            return spreadsheet.import_claims(text, reason=reason, may_judge=may_judge, dry_run=dry_run)
        except SheetError as error:
            messages.error(request, str(error))
            return None

    def _say_imported(self, request: HttpRequest, report: Report) -> None:
        made = ngettext("%d claim was imported as a draft.", "%d claims were imported as drafts.", report.created)
        same = ngettext("%d was there already.", "%d were there already.", report.unchanged)
        messages.success(
            request, f"{made % report.created} {same % report.unchanged if report.unchanged else ''}".strip()
        )
