// In the head of the board, for whoever came by "/" and whose browser did not say that it is a phone: a narrow window
// gets the phone's page, before anything of the board is drawn.
document.cookie = "vigie_front=; path=/; max-age=0; SameSite=Lax";
if (window.innerWidth < 768) {
  document.documentElement.style.display = "none";
  window.location.replace("/m");
}
