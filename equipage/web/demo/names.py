"""Words the demo is made of: first names, family names, names of teams. Any likeness is chance."""

from __future__ import annotations

from random import Random


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in text.split(","))


FIRST_NAMES = _names(
    """
    Adèle, Agathe, Agnès, Aïcha, Alain, Albane, Alexandre, Alice, Alix, Aminata, Anaïs, André, Anne, Anne-Laure,
    Anne-Sophie, Antoine, Ariane, Arnaud, Arthur, Astrid, Aurélie, Baptiste, Bastien, Béatrice, Benjamin,
    Benoît, Bérénice, Brigitte, Camille, Capucine, Carole, Cécile, Céline, Charlotte, Chloé, Christelle,
    Christophe, Clara, Claude, Clémence, Clément, Coralie, Corentin, Cyril, Damien, Daphné, David, Delphine,
    Denis, Diane, Dominique, Edmond, Élise, Élodie, Éloïse, Émilie, Emmanuel, Enora, Éric, Estelle, Étienne,
    Eugénie, Fabien, Fabrice, Fanny, Fatou, Félix, Florence, Florian, François, Françoise, Frédéric, Gaëlle,
    Gaëtan, Gaspard, Geneviève, Géraldine, Gilles, Grégoire, Guillaume, Gwenaëlle, Hamza, Hélène, Henri, Hervé,
    Hortense, Hugues, Inès, Irène, Isabelle, Jacques, Jean-Baptiste, Jean-François, Jean-Marc, Jeanne, Jérémie,
    Jérôme, Joël, Joséphine, Judith, Jules, Julie, Juliette, Justine, Karim, Karine, Kévin, Laëtitia, Laure,
    Laurent, Léa, Léon, Léonie, Lila, Loïc, Louise, Lucas, Lucie, Ludivine, Mael, Maëlle, Maïa, Manon, Marc,
    Marguerite, Marie, Marie-Christine, Marie-Hélène, Marion, Martin, Mathilde, Matthieu, Maud, Maxime, Mélanie,
    Mehdi, Michel, Mireille, Mohamed, Morgane, Muriel, Myriam, Nadège, Nathalie, Nicolas, Noémie, Nolwenn,
    Océane, Olivier, Ondine, Pascal, Pascale, Patrick, Paul, Pauline, Perrine, Philippe, Pierre, Pierre-Yves,
    Quentin, Rachel, Raphaël, Rémi, Renaud, Romain, Rosalie, Roxane, Sabine, Salomé, Samia, Sandrine, Sarah,
    Sébastien, Ségolène, Séverine, Simon, Solène, Sophie, Stéphane, Stéphanie, Suzanne, Sylvain, Sylvie, Tanguy,
    Thaïs, Théo, Théophile, Thérèse, Thibault, Thomas, Tiphaine, Valentin, Valérie, Vanessa, Véronique,
    Victoire, Vincent, Violette, Virginie, Xavier, Yaël, Yann, Yasmine, Yves, Zoé
    """
)

LAST_NAMES = _names(
    """
    Abélard, Allard, Ameline, Andrieux, Aubineau, Aubry, Audouin, Auffray, Babin, Baranger, Barbotin, Baudry,
    Beaufils, Bellanger, Belloir, Benoist, Bérard, Bernier, Berthelot, Bertin, Besson-Delahaye, Bidet, Billaud,
    Blanchard, Blin, Bodin, Boisseau, Bonnet, Bossé, Boucard, Bouchet, Boudaud, Bourcier, Bourdin, Bouyer,
    Braud, Bréhéret, Bretaudeau, Briand, Brossard, Brunet, Bureau, Cadeau, Caillaud, Camara, Cesbron, Chaigneau,
    Chalopin, Champion, Charrier, Chauveau, Chauvet, Chesneau, Chevalier, Chiron, Chupin, Clavier, Coiffard,
    Colas, Cormier, Cosnard, Coulon, Courant, Cousin, Couteau, Cottenceau, Da Silva, Davy, De Bruyn, Defois,
    Delaunay, Denéchère, Denis-Lambert, Deschamps, Desmarais, Diard, Diop, Dolbeau, Douet, Drouin, Du Plessix,
    Dubreuil, Dufour, Dupré, Durand, El Amrani, Esnault, Étourneau, Fauchard, Ferrand, Fleury, Fonteneau,
    Forget, Foucher, Fournier, Fradin, Froger, Gaborit, Gabillard, Gallard, Garnier, Gasnier, Gaultier,
    Gautreau, Gélineau, Gendron, Gérard, Germain, Giraud, Godard, Goupil, Gourdon, Grasset, Grimault, Guérin,
    Guibert, Guilbault, Guillet, Guillou, Guinebretière, Hamon, Hardouin, Hénaff, Hérault, Hervouet, Houdayer,
    Hubert, Huet, Jamin, Jaunâtre, Joly, Joubert, Jousset, Jouanneau, Kerbrat, Konaté, L'Hermite, La Porte,
    Labbé, Lachaize, Lambert, Landais, Lardeux, Laurent-Moreau, Le Bihan, Le Floc'h, Le Gall, Le Goff, Lebrun,
    Leclerc, Lecomte, Lefeuvre, Légeron, Lemasson, Lepage, Leroux, Lhommeau, Limousin, Loiseau, Lorieux, Luneau,
    Mabit, Macé, Maillet, Malinge, Marchand, Martineau, Massé, Maugars, Ménard, Mercier, Merlet, Meunier,
    Michaud, Mignot, Moisan, Montassier, Moreau, Morille, Morisseau, N'Diaye, Naulleau, Neveu, Nguyen, Noël,
    Ollivier, Onillon, Orhon, Oger, Pageau, Papin, Pasquier, Pavageau, Pelletier, Péneau, Perraud, Petiteau,
    Pichard, Piednoir, Pineau, Piou, Planchenault, Poirier, Poitevin, Pontoizeau, Potier, Poupard, Prod'homme,
    Proust, Quentin, Rabin, Raimbault, Raveneau, Réthoré, Ricard-Bonneau, Richou, Rigaud, Rivière, Robin,
    Rochard, Rocher, Rondeau, Roullier, Rousselot, Sachot, Saint-Aubin, Samson, Saulnier, Sauvaget, Savary,
    Séchet, Sicard, Simonneau, Sorin, Soulard, Supiot, Tessier, Thébault, Thibaudeau, Thomas-Guérin, Tijou,
    Touzé, Traoré, Tricoire, Tudoux, Vaillant, Van den Broek, Vasseur, Verdon, Viaud, Vigneron, Vincendeau,
    Voisin, Yvon, Ziani, d'Aubigny, de Fontenailles, de La Rochebrune
    """
)

TEAM_NAMES = (
    "ESP CLAP {place}",
    "Équipe de soins {place}",
    "Les soins coordonnés de {place}",
    "Équipe du bourg, {place}",
    "Ensemble à {place}",
    "Équipe de proximité {place}",
    "Parcours {place}",
    "Collectif santé {place}",
    "Les voisins du soin, {place}",
    "Équipe du plateau, {place}",
    "Équipe de la vallée, {place}",
    "Trait d'union {place}",
    "Passerelle {place}",
    "Équipe des quais, {place}",
    "Autour du patient, {place}",
    "Équipe des marches, {place}",
)

MEETING_PLACES = ("Au cabinet infirmier", "À la maison médicale", "À la mairie", "À la pharmacie", "En visioconférence")
MEETING_NOTES = (
    "L'équipe veut mieux préparer les sorties d'hospitalisation. L'association aide à écrire le projet.",
    "Nous avons relu ensemble les actions possibles. L'équipe choisit d'abord les réunions sans le patient.",
    "Une place reste à trouver pour la pharmacie. Prochain point dans un mois.",
    "Le rythme proposé est d'une réunion par mois, le midi. L'équipe écrit un premier jet.",
)
ACTION_TITLES = {
    "RCP_SANS_PATIENT": (
        "Situations du mois",
        "Sorties d'hospitalisation",
        "Retour d'expérience",
        "Revue des dossiers",
    ),
    "RCP_AVEC_PATIENT": ("Visite commune à domicile", "Consultation conjointe", "Point avec l'aidant"),
    "PPS": ("Plan d'accompagnement", "Plan de retour à domicile", "Plan revu après trois mois"),
    "PROTOCOLE": ("Protocole de sortie", "Protocole de surveillance", "Conduite à tenir le week-end"),
    "PREVENTION": ("Atelier équilibre et chutes", "Matinée vaccination", "Atelier bien manger"),
    "ETP": ("Séance autour de l'insuline", "Séance « mon asthme »", "Séance activité physique"),
    "COECRITURE": ("Écriture du projet", "Mise à jour du projet"),
}


def fictitious_name(rng: Random) -> tuple[str, str]:
    """A first name and a family name."""
    return rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
