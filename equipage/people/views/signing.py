"""Coming in and going out: sign-in, personas of the demonstration, passwords."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.people import selectors, services
from equipage.people.forms import ForgottenForm, NewPasswordForm, PasswordChangeForm, SignInForm
from equipage.people.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


def _next(request: HttpRequest) -> str:
    """Where the person was going, when that is a page of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""


@access(PUBLIC, writes=True)
@never_cache
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with an address and a password; goes where the person was going."""
    going = _next(request)
    if request.user.is_authenticated:
        return redirect(going or resolve_url(settings.LOGIN_REDIRECT_URL))
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user(), backend=BACKEND)
        return redirect(going or resolve_url(settings.LOGIN_REDIRECT_URL))
    status = 422 if request.method == "POST" else 200
    return render(request, "people/login.html", {"form": form, "next": going, "demo": settings.DEMO}, status=status)


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """Too many wrong passwords for this address from this place: say when to come back, and the other way in."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    return render(request, "people/locked_out.html", {"minutes": minutes}, status=429)


@access(SIGNED_IN, writes=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; asked by a POST only. The browser forgets what this site kept on the phone."""
    answer = redirect("web:home")
    if request.method == "POST":
        logout(request)
        messages.success(request, "Vous êtes déconnecté.")
        answer["Clear-Site-Data"] = '"storage"'
    return answer


@access(PUBLIC, writes=True)
@never_cache
def personas(request: HttpRequest) -> HttpResponse:
    """The people of the demonstration, with one button each. Does not exist elsewhere."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        chosen = request.POST.get("personnage", "")
        rows = User.objects.exclude(persona="").filter(is_active=True)
        user = get_object_or_404(rows, pk=chosen if chosen.isdecimal() and len(chosen) < 18 else 0)
        # A new session: nothing of the previous character stays.
        request.session.flush()
        login(request, user, backend=BACKEND)
        return redirect(_next(request) or "web:home")
    return render(request, "people/personas.html", {"groups": selectors.personas(), "next": _next(request)})


@access(PUBLIC, writes=True)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link that lets one choose a password. The answer never says whether the address is known."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = User.objects.filter(email__iexact=form.cleaned_data["email"].strip(), is_active=True).first()
        if user is not None:
            services.send_password_link(user)
        return render(request, "people/forgotten_sent.html", {"email": form.cleaned_data["email"]})
    status = 422 if request.method == "POST" else 200
    return render(request, "people/forgotten.html", {"form": form}, status=status)


class ChoosePassword(PasswordResetConfirmView):
    """A mailed link: choose a password, and be signed in. A link that served or is too old says so."""

    form_class = NewPasswordForm
    template_name = "people/choose_password.html"
    success_url = reverse_lazy("web:home")
    post_reset_login = True
    post_reset_login_backend = BACKEND

    def form_valid(self, form: Any) -> HttpResponse:
        """Say that it is done, on the page where the person arrives."""
        answer = super().form_valid(form)
        messages.success(self.request, "Votre mot de passe est enregistré, et vous êtes connecté.")
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """The same page, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


choose_password = access(PUBLIC, writes=True)(ChoosePassword.as_view())


@access(SIGNED_IN, writes=True)
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's password, knowing the present one. An account without password asks for a link instead."""
    user: Any = request.user
    if not user.has_usable_password():
        return redirect(reverse("people:forgotten"))
    form = PasswordChangeForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.change_password(user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        messages.success(request, "Votre nouveau mot de passe est enregistré. Vos autres appareils sont déconnectés.")
        return redirect("people:account")
    status = 422 if request.method == "POST" else 200
    return render(request, "people/change_password.html", {"form": form}, status=status)
