"""The pages of recognition: the queue, the deposit, the file with its brief, complements, decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents.models import Document
from equipage.foundation.documents.services import pdf_of
from equipage.foundation.french import day, moment, typographic
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import available
from equipage.people.roles import AGENCY_ROLES, PROFESSIONAL
from equipage.projects.models import Project
from equipage.projects.rules import action_codes, gate_reasons
from equipage.projects.selectors import team_for
from equipage.projects.services import sections_data
from equipage.recognition import selectors, services
from equipage.recognition.briefing import brief_of
from equipage.recognition.forms import AnswerForm, ComplementsForm, ReassignForm, RecogniseForm, RefuseForm
from equipage.recognition.lists import LIST_ROLES, QUEUE_ROLES, FileListing, QueueListing
from equipage.recognition.models import OPEN_STATES, Complement, RecognitionFile
from equipage.recognition.states import FILE

file_queue = access(*QUEUE_ROLES)(listing_view(QueueListing))
file_list = access(*LIST_ROLES)(listing_view(FileListing))


def _seen(request: HttpRequest, file_id: int) -> RecognitionFile:
    found: RecognitionFile = get_object_or_404(selectors.files_seen(request.user), pk=file_id)
    return found


def _refuse_on(form: Any, refused: Refused) -> None:
    for reason in getattr(refused, "reasons", (refused.sentence,)):
        form.add_error(refused.field if refused.field in form.fields else None, reason)


@access(PROFESSIONAL, writes=True)
def submit(request: HttpRequest, project_id: int) -> HttpResponse:
    """Deposit the project: every reason that still blocks, or one button."""
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("team"), pk=project_id)
    if not can(request.user, "recognition.submit_project", project).allowed:
        raise Http404
    opened = RecognitionFile.objects.filter(team=project.team, state__in=OPEN_STATES).first()
    if opened is not None and request.method != "POST":
        return redirect("recognition:file", opened.pk)
    if request.method == "POST":
        try:
            made = services.submit(project, actor=request.user)
        except Refused as refused:
            return _submit_page(request, project, getattr(refused, "reasons", (refused.sentence,)), 422)
        messages.success(request, f"Le projet est déposé sous le numéro {made.number}. L'ARS est prévenue.")
        return redirect("recognition:file", made.pk)
    return _submit_page(request, project, services.submission_reasons(project), 200)


def _submit_page(request: HttpRequest, project: Project, reasons: Any, status: int) -> HttpResponse:
    content = {"sections": sections_data(project, project.team)}
    warnings = gate_reasons(project.team, action_codes(content), today())
    context = {"project": project, "team": project.team, "reasons": reasons, "warnings": warnings}
    return render(request, "recognition/submit.html", context, status=status)


@access(SIGNED_IN)
def of_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """The files of a team: straight to the only one, else their list."""
    team = team_for(request.user, team_id)
    rows = list(RecognitionFile.objects.visible_to(request.user).filter(team=team).order_by("-submitted_at", "-id"))
    if len(rows) == 1:
        return redirect("recognition:file", rows[0].pk)
    return render(request, "recognition/of_team.html", {"team": team, "files": rows})


@access(SIGNED_IN)
def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file. The agency and the association read the brief; the team reads where it stands and answers."""
    row = _seen(request, file_id)
    return _file_page(request, row)


def _file_page(
    request: HttpRequest,
    row: RecognitionFile,
    *,
    wrong: tuple[int, AnswerForm] | None = None,
    blocked: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    staff = can(request.user, "recognition.read_brief", row).allowed
    instructs = can(request.user, "recognition.instruct_file", row).allowed
    answers = can(request.user, "recognition.answer_complement", row).allowed and row.state == "complement"
    complements = selectors.complements_of(row)
    brief = brief_of(row, request.user, with_overlap=staff)
    titles = selectors.section_titles(row)
    context = {
        "file": row,
        "team": row.team,
        "staff": staff,
        "instructs": instructs,
        "answers": answers,
        "brief": brief,
        "headline": _headline(row, brief.blocking if staff else 0),
        "actions": available(FILE, row, request.user),
        "moves": f"{reverse('recognition:file', args=[row.pk])}etapes/",
        "complements": [_asked(item, titles, answers, wrong) for item in complements],
        "unanswered": sum(1 for item in complements if item.answered_at is None),
        "blocked": blocked,
        "journal": selectors.journal_of_file(row, request.user),
        "documents": _documents(row),
    }
    return render(request, "recognition/file.html", context, status=status)


def _asked(
    item: Complement, titles: dict[str, str], answers: bool, wrong: tuple[int, AnswerForm] | None
) -> dict[str, Any]:
    form = None
    if answers:
        mine = wrong is not None and wrong[0] == item.pk
        form = wrong[1] if wrong and mine else AnswerForm(initial={"answer": item.answer}, prefix=f"c{item.pk}")
    return {"row": item, "title": titles.get(item.section_key, item.section_key), "form": form}


def _headline(row: RecognitionFile, blocking: int) -> str:
    """The conclusion of the page."""
    match row.state:
        case "recognised":
            return f"Projet reconnu le {day(row.decided_on)}"
        case "refused":
            return "Projet non reconnu en l'état"
        case "withdrawn":
            return "Dossier retiré par l'équipe"
        case "complement":
            return "Un complément est demandé à l'équipe"
    if blocking:
        return "Un point bloque la reconnaissance" if blocking == 1 else f"{blocking} points bloquent la reconnaissance"
    return "Le dossier attend sa lecture" if row.state == "submitted" else "Le dossier est en instruction"


def _documents(row: RecognitionFile) -> list[dict[str, Any]]:
    found: list[tuple[str, str, Document | None]] = []
    if row.receipt is not None:
        found.append(("Récépissé de dépôt", reverse("recognition:document", args=[row.receipt_id]), row.receipt))
    url = reverse("projects:version_pdf", args=[row.version_id])
    found.append((f"Projet de santé, version {row.version.number}", url, row.version.document))
    if row.letter is not None:
        found.append((row.letter.title, reverse("recognition:document", args=[row.letter_id]), row.letter))
    return [
        {"title": title, "url": url, "kind": "PDF", "size": made.size if made else None} for title, url, made in found
    ]


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, file_id: int, move: str) -> HttpResponse:
    """A move of the file: at once when a click is enough, by a page when something must be said."""
    row = _seen(request, file_id)
    if move == "recognise":
        return _asked_move(request, row, move, RecogniseForm, services.recognise, "main")
    if move == "refuse":
        return _asked_move(request, row, move, RefuseForm, services.refuse, "stop")
    verb = {"take": services.take, "withdraw": services.withdraw}.get(move)
    if verb is None or not FILE.transitions[move].who.test(request.user, row):
        raise Http404
    if request.method == "POST":
        try:
            verb(row, actor=request.user)
            messages.success(request, FILE.transitions[move].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("recognition:file", row.pk)


CONSEQUENCES = {
    "recognise": (
        "Un numéro est inscrit au registre, ou gardé si l'équipe est déjà reconnue.",
        "La lettre de décision est faite en PDF et l'équipe est prévenue.",
        "La version lue devient la version en vigueur ; les conventions peuvent être signées.",
    ),
    "refuse": (
        "La lettre de décision porte le motif, et l'équipe est prévenue.",
        "Le projet est rendu à l'équipe, qui peut déposer une nouvelle version.",
    ),
}


def _asked_move(
    request: HttpRequest, row: RecognitionFile, name: str, form_class: Any, do: Callable[..., Any], tone: str
) -> HttpResponse:
    """The page that asks before a decision; back to the file when the move is no longer open, with a sentence."""
    transition = FILE.transitions[name]
    if not transition.who.test(request.user, row):
        raise Http404
    if row.state not in transition.sources and request.method != "POST":
        messages.info(request, f"Le dossier est maintenant « {FILE.states[row.state].label} ».")
        return redirect("recognition:file", row.pk)
    form = form_class(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            do(row, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            _refuse_on(form, refused)
        else:
            messages.success(request, transition.done)
            return redirect("recognition:file", row.pk)
    context = {
        "heading": typographic(f"{transition.label} le projet de {row.team.name} ?"),
        "sentence": f"Dossier {row.number}, version {row.version.number}, figée {moment(row.version.frozen_at)}.",
        "consequences": CONSEQUENCES[name],
        "form": form,
        "button": transition.label,
        "tone": tone,
        "cancel_url": reverse("recognition:file", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=status)


@access(*AGENCY_ROLES, writes=True)
def ask(request: HttpRequest, file_id: int) -> HttpResponse:
    """Ask for complements on one or several sections."""
    row = _seen(request, file_id)
    if row.state != "in_review" and request.method != "POST":
        messages.info(request, "Un complément se demande sur un dossier pris en charge et en instruction.")
        return redirect("recognition:file", row.pk)
    titles = selectors.section_titles(row)
    form = ComplementsForm(request.POST or None, titles=titles, first=request.GET.get("rubrique", ""))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_complements(row, actor=request.user, asked=form.asked())
        except Refused as refused:
            _refuse_on(form, refused)
        else:
            messages.success(request, "La demande est partie. L'équipe est prévenue et vous renverra le dossier.")
            return redirect("recognition:file", row.pk)
    return render(request, "recognition/ask.html", {"file": row, "team": row.team, "form": form}, status=status)


@access(*AGENCY_ROLES, writes=True)
def reassign(request: HttpRequest, file_id: int) -> HttpResponse:
    """Give the file to a colleague."""
    row = _seen(request, file_id)
    if row.state != "in_review":
        messages.info(request, "Un dossier se confie quand il est en instruction.")
        return redirect("recognition:file", row.pk)
    form = ReassignForm(request.POST or None, people=selectors.colleagues(row))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.reassign(row, actor=request.user, to=form.cleaned_data["assigned_to"])
        except Refused as refused:
            _refuse_on(form, refused)
        else:
            messages.success(request, "Le dossier est confié. La personne est prévenue.")
            return redirect("recognition:file", row.pk)
    context = {
        "heading": f"Confier le dossier de {row.team.name}",
        "sentence": f"Suivi aujourd'hui par {row.assigned_to.full_name if row.assigned_to else 'personne'}.",
        "consequences": (),
        "form": form,
        "button": "Confier",
        "tone": "main",
        "cancel_url": reverse("recognition:file", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=status)


@access(PROFESSIONAL, writes=True)
def answer(request: HttpRequest, complement_id: int) -> HttpResponse:
    """The sentence that answers one request."""
    rows = Complement.objects.visible_to(request.user).select_related("file")
    item = get_object_or_404(rows, pk=complement_id)
    if request.method != "POST":
        return redirect("recognition:file", item.file_id)
    form = AnswerForm(request.POST, prefix=f"c{item.pk}")
    if form.is_valid():
        try:
            services.answer_complement(item, actor=request.user, answer=form.cleaned_data["answer"])
        except Refused as refused:
            _refuse_on(form, refused)
        else:
            messages.success(request, "La réponse est enregistrée.")
            return redirect("recognition:file", item.file_id)
    return _file_page(request, _seen(request, item.file_id), wrong=(item.pk, form), status=422)


@access(PROFESSIONAL, writes=True)
def send_back(request: HttpRequest, file_id: int) -> HttpResponse:
    """Give the completed file back to the agency."""
    row = _seen(request, file_id)
    if request.method != "POST":
        return redirect("recognition:file", row.pk)
    try:
        services.send_back(row, actor=request.user)
    except Refused as refused:
        reasons = getattr(refused, "reasons", (refused.sentence,))
        return _file_page(request, _seen(request, file_id), blocked=reasons, status=422)
    messages.success(request, "Le dossier est renvoyé à l'ARS, sur une nouvelle version figée.")
    return redirect("recognition:file", row.pk)


@access(SIGNED_IN)
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """The PDF of a receipt or of a letter."""
    rows = Document.objects.visible_to(request.user).filter(kind__in=("recognition.receipt", "recognition.letter"))
    found: Document = get_object_or_404(rows, pk=document_id)
    response = HttpResponse(pdf_of(found), content_type="application/pdf")
    name = found.file_name.encode("ascii", "ignore").decode()
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
